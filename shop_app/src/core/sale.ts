/** The sums of a sale: what its parts paid, what is still open, what came back. */

import type { ClaimEntry, RefundEntry, Sale } from "./model";

export interface Tally {
  paid: number;
  /** Still to be paid by another code. */
  open: number;
  /** A part is not answered. */
  waiting: boolean;
  /** Given back, once it is certain. */
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

/** Oldest first. */
export function partsOf(sale: Sale, claims: readonly ClaimEntry[]): ClaimEntry[] {
  return claims.filter((claim) => claim.sale === sale.id).sort((a, b) => a.madeAt - b.madeAt);
}

/** What a sale that was called off has paid and not given back, also when it was paid after that. */
export function toUndo(sale: Sale, claims: readonly ClaimEntry[], refunds: readonly RefundEntry[]): ClaimEntry[] {
  if (sale.calledOff === null) return [];
  const undone = new Set(refunds.map(({ payment }) => payment));
  return partsOf(sale, claims).filter(({ id, state }) => state === "paid" && !undone.has(id));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
