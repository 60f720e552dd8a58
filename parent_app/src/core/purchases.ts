/** Purchases: the histories of the coupons, grouped by payment. */

import { isoDay } from "web_shared/dates";
import { proofCode } from "web_shared/protocol/enrolment";
import type { CouponPayment } from "web_shared/protocol/changes";
import type { Letter, ShownCode } from "./model";

/** A payment, as far as this letter's coupons took part in it; amounts in cents. */
export interface Purchase {
  /** The first bytes of the payment's id. */
  payment: CouponPayment["payment"];
  shop: number;
  amount: number;
  refunded: number;
  /** Unix seconds. */
  time: number;
  /** As displayed. */
  proof: string;
}

/** Newest first. */
export function purchasesOf(letter: Pick<Letter, "past" | "coupons">): Purchase[] {
  const purchases = new Map<Purchase["payment"], Purchase>();
  for (const { payment, shop, amount, refunded, time } of entriesOf(letter)) {
    const known = purchases.get(payment) ?? { payment, shop, amount: 0, refunded: 0, time, proof: proofCode(payment) };
    known.amount += amount;
    known.refunded += refunded;
    known.time = Math.min(known.time, time);
    purchases.set(payment, known);
  }
  return [...purchases.values()].sort((a, b) => b.time - a.time);
}

/** What was spent, after refunds, in cents. */
export function netOf(purchases: readonly Purchase[]): number {
  return purchases.reduce((sum, { amount, refunded }) => sum + amount - refunded, 0);
}

/** The purchases of one month in the Netherlands. */
export interface Month {
  /** As `2027-01`. */
  name: string;
  purchases: Purchase[];
}

/** In the order of the purchases. */
export function byMonth(purchases: readonly Purchase[]): Month[] {
  const months = new Map<string, Purchase[]>();
  for (const purchase of purchases) {
    const name = isoDay(purchase.time).slice(0, "2027-01".length);
    months.set(name, [...(months.get(name) ?? []), purchase]);
  }
  return [...months].map(([name, of]) => ({ name, purchases: of }));
}

/** The current data of a purchase; null when it is unknown. */
export function purchaseOf(letter: Letter, payment: Purchase["payment"]): Purchase | null {
  return purchasesOf(letter).find((each) => each.payment === payment) ?? null;
}

/** The purchase that was made with a code; null when it is unknown. */
export function purchaseWith(letter: Letter, code: ShownCode): Purchase | null {
  const used = letter.coupons.filter(
    ({ address, lastNonce }) => code.spend.coupons.includes(address) && lastNonce === code.spend.nonce,
  );
  const newest = used
    .flatMap(({ history }) => history.filter(({ whole }) => whole > 0).slice(-1))
    .reduce<CouponPayment | null>((a, b) => (a && a.time > b.time ? a : b), null);
  return newest && purchaseOf(letter, newest.payment);
}

function entriesOf({ past, coupons }: Pick<Letter, "past" | "coupons">): CouponPayment[] {
  return [...past, ...coupons.flatMap(({ history }) => history)];
}
