/** What was bought: the coupons' histories put together again, one line for each payment. */

import type { CouponPayment } from "web_shared/protocol/states";
import type { Letter, ShownCode } from "./model";

/** What a purchase is known by: coupons that paid together have the same shop and the same second. */
export interface PurchaseKey {
  shop: number;
  time: string;
}

export interface Purchase extends PurchaseKey {
  amount: number;
  refunded: number;
}

/** Newest first. */
export function purchasesOf(letter: Letter): Purchase[] {
  const entries = [...letter.past, ...letter.coupons.flatMap(({ history }) => history)];
  return grouped(entries).sort((a, b) => (a.time < b.time ? 1 : -1));
}

/** A purchase as the ledger has it by now; null when it is not known. */
export function purchaseOf(letter: Letter, { shop, time }: PurchaseKey): Purchase | null {
  return purchasesOf(letter).find((each) => each.shop === shop && each.time === time) ?? null;
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
  const purchases = new Map<string, Purchase>();
  for (const { shop, time, amount, refunded } of entries) {
    const key = `${shop} ${time}`;
    const sum = purchases.get(key) ?? { shop, time, amount: 0, refunded: 0 };
    sum.amount += amount;
    sum.refunded += refunded;
    purchases.set(key, sum);
  }
  return [...purchases.values()];
}
