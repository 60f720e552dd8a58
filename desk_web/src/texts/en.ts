/** English; Dutch is the reference. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { nl } from "./nl";
import { privacyEn } from "./privacy_en";
import { replacingEn } from "./replacing_en";
import { runEn } from "./run_en";

export const en: CatalogueOf<typeof nl> = {
  ...privacyEn,
  ...replacingEn,
  ...runEn,
  keys_none: "There is no key on this device yet.",
  key_temporary: "Temporary: this key leaves the device when you sign out.",
  key_unsaved: "Save a backup now. Without one, you lose the key if this device breaks.",
  name_safe: "Safe key",
  name_mine: "My key",

  sign_in: "Sign in",
  save: "Save a backup",
  remove: "Remove from this device",
  stop: "Stop",
  busy: "Working…",

  draft_back: "What you filled in is here again. Check it and send it again.",
  draft_file: "Please choose the file again.",

  passphrase: "Your passphrase",
  passphrase_new: "Choose a passphrase",
  passphrase_new_hint:
    "At least 12 characters, for example five words that do not belong together. The passphrase is for all keys on this device.",
  passphrase_again: "The same passphrase again",
  show_typed: "Show what I type",

  save_password: "Choose a password for the backup",
  save_password_hint: "At least 12 characters. Without this password nobody can open the backup, nor can you.",
  save_again: "The same password again",
  save_submit: "Make the file",
  save_done: "{file} is ready. Do not keep the file on this device.",

  remove_sure: "Remove {name} from this device? Without a backup the key is gone for good.",
  remove_yes: "Yes, remove {name}",
  remove_done: "{name} is no longer on this device.",

  add: "Add a key",
  add_submit: "Add the key",
  add_done: "{name} is on this device now.",
  file_title: "With a key file",
  file: "Key file",
  file_hint: "The name of the file ends in .json.",
  file_password: "Password of the file",
  file_name: "Name for this key",
  file_name_hint: "For example your own name.",
  paper_title: "With the safe key on paper",
  paper: "The characters on the paper",
  paper_hint: "64 digits and letters. Spaces do not matter. The key leaves this device when you sign out.",

  signer_option: "{name} ({address})",
  invitation: "The characters of your invitation",
  invitation_hint: "32 characters, or the whole link.",
  typed_character: "Invitation, group {group}: {character} is not possible.",
  typed_short: {
    one: "{count} character of the invitation is still missing.",
    other: "{count} characters of the invitation are still missing.",
  },
  typed_long: {
    one: "The invitation has {count} character too many.",
    other: "The invitation has {count} characters too many.",
  },
  typed_groups: "One character of the invitation is wrong. Look closely at group {groups}.",
  typed_somewhere: "A few characters of the invitation are wrong. Check every group.",
  or: "or",

  trouble_passphrase_wrong: "The passphrase is not right. Try again. Mind capitals and spaces.",
  trouble_passphrase_short: "This is too short. Choose at least 12 characters.",
  trouble_passphrase_weak: "This is too easy to guess. Choose something without names, rows and repetitions.",
  trouble_passphrase_differs: "The passphrases are not the same. Type the same one twice.",
  trouble_store_unreadable:
    "The keys on this device are damaged. Clear this site's data in your browser and open your backup.",
  trouble_storage_full: "This device is full. Make room and try again.",
  trouble_insecure:
    "This page is not secure, and your key does not work here. Open the address that begins with https.",
  trouble_browser_keeps_nothing:
    "This browser does not save anything, so no key either. Open this page in an ordinary window, not in a private one.",
  trouble_key_missing: "Your key is not on this device. Add it on the page ‘Sign in’.",
  trouble_key_known: "This key is on this device already.",
  trouble_name_missing: "Give the key a name.",
  trouble_file_missing: "Choose a key file.",
  trouble_file_unreadable: "This is not a key file. Choose another file.",
  trouble_password_wrong: "The password does not belong to this file. Try again.",
  trouble_password_differs: "The passwords are not the same. Type the same one twice.",
  trouble_paper_unreadable: "These are not the characters of a key. Copy all 64 characters from the paper.",
  trouble_messages_unreadable: "Nothing was signed: what there is to sign cannot be read. Load the page again.",
  trouble_message_changed:
    "Nothing was signed: it is something else than the page shows. Tell the administrator.",
  trouble_invitation_unreadable: "This is not an invitation. Open the link again or copy the characters.",
  trouble_unforeseen: "That did not work. Load the page again and try once more.",
};
