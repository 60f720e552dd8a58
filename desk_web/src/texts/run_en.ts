/** English texts about making a letter run in the browser. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { runNl } from "./run_nl";

export const runEn: CatalogueOf<typeof runNl> = {
  run_what: "Run {run}, scheme {scheme}.",
  run_what_blank:
    "Run {run}, scheme {scheme}. These are blank letters: there is no money on them, and nothing of them comes on the ledger.",
  run_words: "The words of the privacy officers",
  run_words_why:
    "Each letter is sealed to these two people. Call both and have them read their words out. Are they different? Then make no letters, and report it.",
  run_opens: "The code opens",
  run_letters: "Letters",
  run_cards: "Cards",
  run_number_of: "{count}, each of {value}",
  run_total: "Total",
  run_compared: "I heard both rows of words and they are the same. What is said above is right too.",
  run_make: "Make the run",
  run_made: "The run is made.",
  run_made_anew: "This run has new codes. Destroy all sheets that you printed before.",
  run_here_only:
    "The codes of the letters are in this window only. Do not close or reload it: they would be gone. Nothing has been sent yet.",
  run_print_title: "Printing",
  run_print_size: "On A4, at 100 % (actual size), with background colours. The first sheet has a line of 5 cm.",
  run_print_sides: "On one side of the paper.",
  run_print_printer:
    "On a printer beside you that keeps nothing. A printer on the network, or a file on this computer, can keep all letters.",
  run_print_parts: "In {parts} parts of at most {sheets} sheets: the browser asks each time.",
  run_print: "Print",
  run_printed: { one: "Is the sheet printed well?", other: "Are all {count} sheets printed well?" },
  run_printed_look: "See that the last sheet is there and that no sheet is cut off.",
  run_printed_not:
    "Did it go wrong, if only in one part, or did you stop it? Choose No and destroy all sheets, also the good ones. The run is made again, with other codes. No money ever comes on the sheets of now.",
  run_printed_not_blank:
    "Did it go wrong, if only in one part, or did you stop it? Choose No and destroy all sheets, also the good ones. The run is made again, with other codes. Nobody can open a sheet of now that is lost.",
  run_printed_yes: "Yes, all are printed well",
  run_printed_no: "No, make all again",
  run_forgotten: "The codes are erased: they are on paper only now. Keep the letters as you keep cash.",
  run_hash: "The hash of this run",
  run_hash_sealed: "The hash of the sealed letters",
  run_hand_in: "Hand the run in. The decision opens in a new tab. Sign it only if the same hashes are there.",
  run_hand_in_failed:
    "Did it fail? This window stays open: hand in again, or save the file and choose it later on the page Letters. Without this file the letters are worth nothing. Destroy them then.",
  run_hand_in_blank:
    "Hand the run in. The blank letters become stock, which you see in a new tab. A second official has nothing to decide.",
  run_hand_in_failed_blank:
    "Did it fail? This window stays open: hand in again, or save the file and choose it later on the page Letters. Without this file nobody can open a letter that is lost. Destroy the letters then.",
  run_save: "Save the file of the run",
  offline_title: "Make letters without a network",
  offline_intro: "This page makes and seals letters on this computer and sends nothing. Get the order at the municipality's desk, on the page Letters.",
  offline_check: "Is this the right page? Compare the hash (SHA-256) of this file with that from a second source before you open it.",
  offline_order: "The file of the order",
  offline_order_hint: "Its name begins with opdracht-serie.",
  offline_open: "Open the order",
  offline_hand_in: "Save the file and hand it in on the desk's page Letters. There are no codes in it. Without this file the letters are worth nothing.",
  offline_hand_in_blank:
    "Save the file and hand it in on the desk's page Letters. There are no codes in it. Without this file nobody can open a letter that is lost.",
  trouble_order_unreadable: "This is no order for a run. Get the order again.",
  trouble_words_not_compared: "Have the words read out first, and then tick the box.",
  trouble_letter_too_long: "The text does not fit on a page. Make the settings of the municipality shorter.",
};
