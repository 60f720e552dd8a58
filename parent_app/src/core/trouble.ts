/** The closed set of what can go wrong for a parent; each has its own clear sentence. */

export type TroubleCode =
  | "offline"
  | "server"
  | "letter_damaged"
  | "letter_unknown"
  | "amount_too_high"
  | "not_ready"
  | "locked"
  | "pin_wrong"
  | "pin_short"
  | "storage_full"
  | "camera_refused"
  | "camera_missing"
  | "photo_empty"
  | "move_unsure"
  | "move_refused";

export class Trouble extends Error {
  constructor(
    readonly code: TroubleCode,
    /** For `amount_too_high`: the most that fits one code, in cents. */
    readonly most = 0,
  ) {
    super(code);
  }
}

/** What to tell about any error; what nobody foresaw is the server's fault, not the parent's. */
export function troubleOf(error: unknown): Trouble {
  return error instanceof Trouble ? error : new Trouble("server");
}
