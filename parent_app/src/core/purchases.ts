/** Purchases: the histories of the coupons, grouped by payment. */

import type { CouponPayment } from "web_shared/protocol/states";
import type { Letter, ShownCode } from "./model";

/**
 * Identifies a purchase. Payments in the same second at the same shop differ in their proof code, which is missing in
 * states that an older server sealed.
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

/** The current data of a purchase; null when it is unknown. */
export function purchaseOf(letter: Letter, key: PurchaseKey): Purchase | null {
  return purchasesOf(letter).find((each) => isSame(each, key)) ?? null;
}

/** The purchase that was made with a code; null when it is unknown. */
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
  // Entries with a proof code come first, so that those without one can join them.
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
