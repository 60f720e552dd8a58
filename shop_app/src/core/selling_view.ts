/** The view state of the selling screens. */

import type { Hash } from "web_shared/protocol/bytes";
import type { Unanswered } from "./answers";
import { isOpen } from "./journal";
import type { ClaimEntry, RefundEntry, Sale } from "./model";
import type { Practised } from "./practice";
import { tallyOf } from "./sale";
import { type Verdict, verdictOf } from "./verdict";

export interface SellingView {
  /** The amount on the keypad. */
  typed: string;
  sale: Sale | null;
  /** All claims on this device. */
  claims: readonly ClaimEntry[];
  refunds: readonly RefundEntry[];
  /** The claim of the verdict. */
  current: Hash | null;
  unanswered: Unanswered | null;
  /** A claim of an earlier sale that was answered during this one. */
  late: Hash | null;
  practice: boolean;
  /** The outcome of the next practised scan, and that of the last. */
  choice: Practised;
  pretended: Verdict | null;
}

export const NO_SELLING: SellingView = {
  typed: "",
  sale: null,
  claims: [],
  refunds: [],
  current: null,
  unanswered: null,
  late: null,
  practice: false,
  choice: "paid",
  pretended: null,
};

export function shownVerdict(selling: SellingView): Verdict | null {
  const { sale, current, pretended, practice } = selling;
  if (practice) return pretended;
  return sale && current ? verdictOf({ ...selling, sale, current }) : null;
}

/** Cents that the next code has to pay. */
export function openAmount({ sale, claims, refunds }: SellingView): number {
  return sale ? tallyOf(sale, claims, refunds).open : 0;
}

/** Claims of other sales that are not answered. */
export function openElsewhere({ claims, sale }: SellingView): ClaimEntry[] {
  return claims.filter((claim) => isOpen(claim) && claim.sale !== sale?.id);
}
