/** The totals of a sale: paid, open and refunded. */

import type { ClaimEntry, RefundEntry, Sale } from "./model";

export interface Tally {
  paid: number;
  /** Cents to be paid by another code. */
  open: number;
  /** Whether a claim is not answered. */
  waiting: boolean;
  /** Cents that were refunded, on the ledger. */
  back: number;
}

export function tallyOf(sale: Sale, claims: readonly ClaimEntry[], refunds: readonly RefundEntry[]): Tally {
  const parts = partsOf(sale, claims);
  const ids = new Set(parts.map(({ id }) => id));
  const paid = sum(parts.map((part) => part.paid));
  const returned = refunds.filter(({ payment, state }) => ids.has(payment) && state === "done");
  return {
    paid,
    open: sale.amount - paid,
    waiting: parts.some(({ state }) => state === "open"),
    back: sum(returned.map(({ amount }) => amount)),
  };
}

/** The claims of a sale, oldest first. */
export function partsOf(sale: Sale, claims: readonly ClaimEntry[]): ClaimEntry[] {
  return claims.filter((claim) => claim.sale === sale.id).sort((a, b) => a.madeAt - b.madeAt);
}

/** The payments of a called-off sale that have no refund, including those that were carried out later. */
export function toUndo(sale: Sale, claims: readonly ClaimEntry[], refunds: readonly RefundEntry[]): ClaimEntry[] {
  if (sale.calledOff === null) return [];
  const undone = new Set(refunds.map(({ payment }) => payment));
  return partsOf(sale, claims).filter(({ id, state }) => state === "paid" && !undone.has(id));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
