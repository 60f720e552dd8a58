/** What this till was paid last, from its own journal: shown beside the keypad, also without a network. */

import type { Address, Hash } from "web_shared/protocol/bytes";
import type { ClaimEntry, RefundEntry } from "./model";
import type { Payment } from "./office/books";
import { dayOf } from "./office/days";

/** Rows beside the keypad; the others of the day are a tap away. */
const MOST = 20;

/** The claims of a day that are paid or not answered, newest first. */
export function latestOf(claims: readonly ClaimEntry[], day: string): ClaimEntry[] {
  return claims
    .filter(({ state, madeAt }) => state !== "refused" && dayOf(madeAt) === day)
    .sort((a, b) => b.madeAt - a.madeAt)
    .slice(0, MOST);
}

/** Cents of a payment that this device has refunded. */
export function backOf(id: Hash, refunds: readonly RefundEntry[]): number {
  return refunds
    .filter(({ payment, state }) => payment === id && state === "done")
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** A paid claim as a payment of the shop's books, as far as this device knows it. */
export function paymentOf({ id, paid, time, madeAt }: ClaimEntry, refunds: readonly RefundEntry[], till: Address): Payment {
  return { id, amount: paid, refunded: backOf(id, refunds), time: new Date((time ?? madeAt) * 1000).toISOString(), till };
}
