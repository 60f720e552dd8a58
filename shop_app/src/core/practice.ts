/** Practice mode: simulated verdicts. Nothing is signed, stored or sent. */

import type { Reason, Verdict } from "./verdict";

/** The outcomes that can be practised. */
export const PRACTISED = [
  "paid",
  "part",
  "budget_too_low",
  "amount_above_maximum",
  "code_already_used",
  "code_expired",
  "code_for_other_shop",
  "category_not_permitted",
  "shop_not_admitted",
  "till_not_active",
  "scheme_not_open",
  "scheme_paused",
  "code_unreadable",
  "not_paid",
  "open",
] as const;

export type Practised = (typeof PRACTISED)[number];

export function pretend(choice: Practised, amount: number, now: number): Verdict {
  const half = Math.floor(amount / 2);
  switch (choice) {
    case "paid": return { kind: "paid", amount, open: 0, whole: amount, time: now, proof: null };
    case "part": return { kind: "paid", amount: amount - half, open: half, whole: amount, time: now, proof: null };
    case "open": return { kind: "open", amount };
    case "amount_above_maximum": return { kind: "refused", open: amount, whole: amount, most: amount - half, reason: choice };
    default: return { kind: "refused", open: amount, whole: amount, most: amount, reason: choice satisfies Reason };
  }
}
