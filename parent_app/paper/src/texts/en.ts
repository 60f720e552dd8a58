/** English. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { nl } from "./nl";

export const en: CatalogueOf<typeof nl> = {
  paper_title: "What is left on paper?",
  paper_scan: "Reading",
  paper_result: "What is left",
  paper_text: "Scan the letter, or the codes of the card. Whoever has the letter or card watches.",
  paper_nothing: "This page keeps nothing and passes nothing on.",
  paper_label: "The code, with a scanner or typed",
  paper_hint: "Of a letter, you can type the 36 characters.",
  paper_look: "Look what is left",
  paper_camera: "Use the camera",
  paper_camera_off: "Stop the camera",
  paper_photo: "Choose a photo",
  paper_other: "Scan a letter or a card. This is another code.",
  paper_empty: "There is no money on this letter yet. It is a blank letter, or not in use yet.",
  paper_unknown: "Check that this paper is from your municipality. It is not known here.",
  paper_moved: "Nothing is left on this paper. The money was moved to another letter.",
  paper_partly: "Part of it was moved to another letter. You do not see that here.",
  paper_where: "Purchases",
  paper_none: "Nothing was paid with it yet.",
  paper_more: "Does the card have more? Scan the next one within 1 minute, or it starts again. Is it another card? Then choose ‘Done, wipe everything’ first.",
  paper_at: "Read on {time}",
  paper_time: "{date}, {time}",
  paper_print: "Print this",
  paper_done: "Done, wipe everything",
  paper_codes: {
    one: "{count} code of the card was read.",
    other: "{count} codes of the card were read.",
  },
};
