/** English texts about opening letters that were lost. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { replacingNl } from "./replacing_nl";

export const replacingEn: CatalogueOf<typeof replacingNl> = {
  trouble_privacy_key_missing: "Your privacy key is not on this device. Put it there on the page ‘Privacy’.",
  trouble_former_key_missing: "This letter is sealed to a key of your predecessor, which was not handed over to you yet.",
  trouble_letter_not_opened: "The letter cannot be opened: it does not fit your key, or was changed. Nothing was moved. The bottom of this page says how this request is stopped.",
  trouble_letter_without_coupons: "There never was money on this letter. There is nothing to move. Stop this request, at the bottom of this page.",
  trouble_letter_moved_before:
    "What was on this letter was moved before: to another letter, or back to the scheme. Nothing was moved now. Stop this request, at the bottom of this page.",
  trouble_blank_letter_used: "Somebody else filled the blank letter. Nothing was moved. Stop this request, at the bottom of this page, and ask for a new one, with another blank letter.",
  trouble_letter_unknown: "The server does not know the scheme of this letter. Nothing was moved.",
  trouble_move_unsure: "It is not certain that all was moved. Try again in a few minutes: what was moved stays so.",
  trouble_move_refused: "Not all was moved. Try again: what was moved stays so.",
  trouble_offline: "There is no connection. Try again: what was moved stays so.",
  trouble_busy: "It is too busy. Wait a minute and try again: what was moved stays so.",
  trouble_server: "Something went wrong at the server. Try again in a few minutes: what was moved stays so.",
};
