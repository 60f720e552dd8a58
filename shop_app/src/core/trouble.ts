/** The closed set of what can go wrong at a till; each has its own clear sentence. */

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
  /** What was read is no payment code; `text` says what. */
  | "code_other"
  | "code_elsewhere"
  | "link_damaged"
  | "sheet_old"
  | "not_owner"
  | "till_unreadable"
  | "till_other_shop"
  | "till_late"
  /** The rules' own no; `refusal` says which. */
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

/** What to tell about any error; what nobody foresaw is the server's fault, not the shop's. */
export function troubleOf(error: unknown): ShopTrouble {
  if (error instanceof ShopTrouble) return error;
  if (error instanceof Refused) return new ShopTrouble("refused", error.code);
  return new ShopTrouble(error instanceof Trouble ? (error.code as DeviceTroubleCode) : "server");
}
