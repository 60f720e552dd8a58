/** The closed set of errors of the desk's scripts; each has its own text. */

import { type DeviceTroubleCode, type LetterTroubleCode, type PassphraseTroubleCode, Trouble } from "web_shared/device/trouble";
import { TextUnreadable } from "web_shared/protocol/base32";
import { KeystoreUnreadable, PasswordWrong } from "web_shared/protocol/keystore";

export type TroubleCode =
  | PassphraseTroubleCode
  | LetterTroubleCode
  | Extract<DeviceTroubleCode, "storage_full" | "store_unreadable" | "offline" | "busy" | "server">
  | "passphrase_differs"
  | "insecure"
  | "browser_keeps_nothing"
  | "key_missing"
  | "privacy_key_missing"
  | "key_known"
  | "name_missing"
  | "file_missing"
  | "file_unreadable"
  | "password_wrong"
  | "password_differs"
  | "paper_unreadable"
  | "identity_unreadable"
  | "messages_unreadable"
  | "message_changed"
  | "invitation_unreadable"
  | "order_unreadable"
  | "words_not_compared"
  | "letter_too_long"
  | "former_key_missing"
  | "letter_not_opened"
  | "letter_without_coupons"
  | "blank_letter_used"
  | "letter_moved_before"
  | "unforeseen";

export class DeskTrouble extends Trouble<TroubleCode> {}

const SHARED_CODES: readonly unknown[] = [
  "passphrase_wrong",
  "passphrase_short",
  "passphrase_weak",
  "storage_full",
  "store_unreadable",
  "offline",
  "busy",
  "server",
  "letter_unknown",
  "move_unsure",
  "move_refused",
];

/** The trouble to show for any error. */
export function troubleOf(error: unknown): TroubleCode {
  if (error instanceof DeskTrouble) return error.code;
  if (error instanceof KeystoreUnreadable) return "file_unreadable";
  if (error instanceof PasswordWrong) return "password_wrong";
  if (error instanceof TextUnreadable) return "invitation_unreadable";
  if (error instanceof Trouble && SHARED_CODES.includes(error.code)) return error.code as TroubleCode;
  return "unforeseen";
}
