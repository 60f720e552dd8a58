/** The closed set of errors of the parent app; each has its own text. */

import { type DeviceTroubleCode, type LetterTroubleCode, Trouble } from "web_shared/device/trouble";

export type TroubleCode =
  | DeviceTroubleCode
  | LetterTroubleCode
  | "pin_differs"
  | "letter_damaged"
  | "letter_empty"
  | "letter_here"
  | "letter_used"
  | "letter_of_other_scheme"
  | "letter_in_parts"
  | "amount_too_high"
  | "not_ready"
  | "position_refused"
  | "position_missing";

/** Troubles with a letter that trying again does not solve. */
export const NO_RETRY: readonly TroubleCode[] = [
  "letter_unknown", "letter_empty", "letter_here", "letter_used", "letter_of_other_scheme", "letter_in_parts",
];

export class ParentTrouble extends Trouble<TroubleCode> {
  constructor(
    code: TroubleCode,
    /** For `amount_too_high`: the most that can be paid, in cents. */
    readonly most = 0,
  ) {
    super(code);
  }
}

/** The trouble to show for any error; an unexpected one is shown as `server`. */
export function troubleOf(error: unknown): ParentTrouble {
  if (error instanceof ParentTrouble) return error;
  return new ParentTrouble(error instanceof Trouble ? (error.code as DeviceTroubleCode | LetterTroubleCode) : "server");
}
