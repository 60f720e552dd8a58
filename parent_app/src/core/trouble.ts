/** The closed set of what can go wrong for a parent; each has its own clear sentence. */

import { type DeviceTroubleCode, Trouble } from "web_shared/device/trouble";

export type TroubleCode =
  | DeviceTroubleCode
  | "pin_differs"
  | "letter_damaged"
  | "letter_unknown"
  | "amount_too_high"
  | "not_ready"
  | "position_refused"
  | "position_missing"
  | "move_unsure"
  | "move_refused";

export class ParentTrouble extends Trouble<TroubleCode> {
  constructor(
    code: TroubleCode,
    /** For `amount_too_high`: the most that fits one code, in cents. */
    readonly most = 0,
  ) {
    super(code);
  }
}

/** What to tell about any error; what nobody foresaw is the server's fault, not the parent's. */
export function troubleOf(error: unknown): ParentTrouble {
  if (error instanceof ParentTrouble) return error;
  return new ParentTrouble(error instanceof Trouble ? (error.code as DeviceTroubleCode) : "server");
}
