/** The closed set of errors of the till app; each has its own text. */

import { type RefusalCode, Refused } from "web_shared/api/problems";
import { type DeviceTroubleCode, type OwnerPinTroubleCode, Trouble } from "web_shared/device/trouble";

export type TroubleCode =
  | DeviceTroubleCode
  | OwnerPinTroubleCode
  | "pin_differs"
  | "owner_locked"
  | "proof_unreadable"
  | "proof_unknown"
  | "not_ready"
  | "amount_zero"
  /** The text that was read is not a payment code; it is in `text`. */
  | "code_other"
  | "code_elsewhere"
  | "link_damaged"
  | "sheet_old"
  | "not_owner"
  | "till_unreadable"
  | "till_other_shop"
  | "till_late"
  /** Refused by the rules; the code is in `refusal`. */
  | "refused";

export class ShopTrouble extends Trouble<TroubleCode> {
  constructor(
    code: TroubleCode,
    readonly refusal: RefusalCode | null = null,
    readonly text: string = "",
  ) {
    super(code);
  }
}

/** The trouble to show for any error; an unexpected one is shown as `server`. */
export function troubleOf(error: unknown): ShopTrouble {
  if (error instanceof ShopTrouble) return error;
  if (error instanceof Refused) return new ShopTrouble("refused", error.code);
  return new ShopTrouble(error instanceof Trouble ? (error.code as DeviceTroubleCode) : "server");
}
