/** English texts about privacy officers. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { privacyNl } from "./privacy_nl";

export const privacyEn: CatalogueOf<typeof privacyNl> = {
  privacy_none: "There is no privacy key on this device yet.",
  privacy_unsaved: "Print the key now. Without the paper you lose it if this device breaks, and with it every letter that was sealed to it.",
  privacy_words: "The words of this key",
  privacy_make: "Make a privacy key",
  privacy_make_again: "Make a new privacy key",
  privacy_passphrase_hint: "At least 12 characters, for example five words that do not belong together. Take another passphrase than for signing.",
  privacy_made: "The key is made. Print it.",
  privacy_print: "Print the key",
  privacy_printed: "Put the paper in a safe that the other privacy officer cannot open.",
  privacy_from_paper: "Put a key from paper on this device",
  privacy_typed: "The characters on the paper",
  privacy_typed_hint: "They begin with AGE-SECRET-KEY-1. Spaces and capitals do not matter.",
  privacy_added: "The key is on this device.",
  privacy_paper_title: "Privacy key",
  privacy_paper_use: "Who has this paper opens every sealed letter, together with the other privacy officer. Keep it in a safe.",
  privacy_paper_words: "Words: {words}",
  trouble_identity_unreadable: "These are not the characters of a privacy key. Check each group.",
};
