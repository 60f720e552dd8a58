/** The shop's books: payments with their totals, and payouts. */

import type { Schemas } from "web_shared/api/client";
import { proofCode } from "web_shared/protocol/enrolment";
import type { Address, Hash } from "web_shared/protocol/bytes";
import { csvOf } from "web_shared/csv";
import { dayOf, dutchDay, timeOf } from "./days";

/** A payment on the ledger; amounts in cents, the time in RFC 3339. */
export interface Payment {
  id: Hash;
  amount: number;
  refunded: number;
  time: string;
  till: Address;
  /** The own number, which is on this device only; empty or missing when there is none. */
  own?: string;
}

export interface Payout {
  batch: number;
  /** In cents; negative for money that the bank returned. */
  amount: number;
  time: string;
}

export interface TillName {
  till: Address;
  name: string | null;
  active: boolean;
  rights: Schemas["TillRights"];
}

export interface Totals {
  count: number;
  paid: number;
  refunded: number;
  net: number;
}

export function totalsOf(payments: readonly Payment[]): Totals {
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0);
  const refunded = payments.reduce((sum, payment) => sum + payment.refunded, 0);
  return { count: payments.length, paid, refunded, net: paid - refunded };
}

export function tillName(till: Address, tills: readonly TillName[]): string {
  return tills.find((each) => each.till === till)?.name || shortAddress(till);
}

/** Cents of a payment that can still be refunded; includes refunds of this device that the list does not show yet. */
export function leftToRefund(
  { amount, refunded }: Payment,
  sent: readonly { amount: number; state: "open" | "done" | "refused" }[],
): number {
  const sum = (wanted: string): number =>
    sent.filter(({ state }) => state === wanted).reduce((total, refund) => total + refund.amount, 0);
  return Math.max(0, amount - Math.max(refunded, sum("done")) - sum("open"));
}

/** The mark of a till: the first eight digits of its address, to compare two screens by. */
export function shortAddress(address: Address): string {
  const digits = address.slice(2, 10).toUpperCase();
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

/** The reference of a payout on the bank statement. */
export function bankReference(batch: number, shop: number): string {
  return `KP-${batch}-${shop}`;
}

export type Heads = readonly [
  day: string,
  time: string,
  till: string,
  proof: string,
  paid: string,
  refunded: string,
  net: string,
  own: string,
];

/** A period's payments as CSV, oldest first. */
export function paymentsCsv(payments: readonly Payment[], tills: readonly TillName[], heads: Heads): string {
  const rows = payments.map((payment) => [
    dutchDay(dayOf(payment.time)),
    timeOf(payment.time),
    tillName(payment.till, tills),
    proofCode(payment.id),
    payment.amount,
    payment.refunded,
    payment.amount - payment.refunded,
    payment.own ?? "",
  ]);
  return csvOf([heads, ...rows.reverse()]);
}
