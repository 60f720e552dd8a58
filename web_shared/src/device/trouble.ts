/** What can go wrong with a device or on the way to the server; an app adds its own to this set. */

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
  | "photo_empty";

/** Where a passphrase is asked for. */
export type PassphraseTroubleCode = "passphrase_wrong" | "passphrase_short" | "passphrase_weak";

/** Where the PIN of a shop's owner is asked for. */
export type OwnerPinTroubleCode = "pin_weak" | "pin_wait";

/** Something that a screen has a clear sentence for. */
export class Trouble<Code extends string = DeviceTroubleCode> extends Error {
  constructor(readonly code: Code) {
    super(code);
  }
}
