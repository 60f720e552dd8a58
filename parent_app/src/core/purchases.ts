/** What was bought: the coupons' histories put together again, one line for each payment. */

import type { CouponPayment } from "web_shared/protocol/states";
import type { Letter, ShownCode } from "./model";

/**
 * What a purchase is known by. Payments of one second at one shop differ in their proof code, which
 * a state of an older server may lack.
 */
export type PurchaseKey = Pick<CouponPayment, "shop" | "time" | "proof">;

export interface Purchase extends PurchaseKey {
  amount: number;
  refunded: number;
}

/** Newest first. */
export function purchasesOf(letter: Letter): Purchase[] {
  const entries = [...letter.past, ...letter.coupons.flatMap(({ history }) => history)];
  return grouped(entries).sort((a, b) => b.time.localeCompare(a.time));
}

/** A purchase as the ledger has it by now; null when it is not known. */
export function purchaseOf(letter: Letter, key: PurchaseKey): Purchase | null {
  return purchasesOf(letter).find((each) => isSame(each, key)) ?? null;
}

/** The payment that was made with a code; null when it is not known. */
export function purchaseWith(letter: Letter, code: ShownCode): Purchase | null {
  const used = letter.coupons.filter(
    ({ address, lastNonce }) =>
      code.spend.coupons.includes(address) && lastNonce === code.spend.nonce,
  );
  const newest = used
    .flatMap(({ history }) => history.slice(-1))
    .reduce<CouponPayment | null>((a, b) => (a && a.time > b.time ? a : b), null);
  return newest && purchaseOf(letter, newest);
}

function grouped(entries: readonly CouponPayment[]): Purchase[] {
  const purchases: Purchase[] = [];
  // An entry without a proof code joins one that has it.
  const proven = [...entries].sort((a, b) => Number(b.proof !== undefined) - Number(a.proof !== undefined));
  for (const entry of proven) {
    const found = purchases.find((each) => isSame(each, entry));
    if (found) {
      found.amount += entry.amount;
      found.refunded += entry.refunded;
    } else purchases.push({ ...entry });
  }
  return purchases;
}

function isSame(one: PurchaseKey, other: PurchaseKey): boolean {
  const proven = one.proof !== undefined && other.proof !== undefined;
  return one.shop === other.shop && one.time === other.time && (!proven || one.proof === other.proof);
}
