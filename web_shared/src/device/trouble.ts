/** The closed set of errors that every app can show: of the device, and of requests. An app adds its own. */

export type DeviceTroubleCode =
  | "offline"
  | "busy"
  | "server"
  | "locked"
  | "pin_wrong"
  | "pin_short"
  | "store_unreadable"
  | "storage_full"
  | "camera_refused"
  | "camera_missing"
  | "photo_empty"
  /** The browser has no WebAssembly. */
  | "decoder_missing";

/** Where a letter is read or moved. */
export type LetterTroubleCode = "letter_unknown" | "move_unsure" | "move_refused";

/** In apps with a passphrase. */
export type PassphraseTroubleCode = "passphrase_wrong" | "passphrase_short" | "passphrase_weak";

/** In the till app, where an owner has a PIN. */
export type OwnerPinTroubleCode = "pin_weak" | "pin_wait";

/** An error for which the screens have a text. */
export class Trouble<Code extends string = DeviceTroubleCode> extends Error {
  constructor(readonly code: Code) {
    super(code);
  }
}
