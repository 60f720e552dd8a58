/** The next step after a verdict. */

import type { Reason, Verdict } from "./verdict";

export type Step = "next_customer" | "next_code" | "other_code" | "new_code" | "pay_rest" | "pay_most" | "wait";

/** Refusals after which the sale can still be paid, and how. */
const AFTER: Partial<Record<Reason, Step>> = {
  budget_too_low: "pay_rest",
  amount_above_maximum: "pay_most",
  code_already_used: "new_code",
  code_expired: "new_code",
  code_for_other_shop: "new_code",
  code_unreadable: "new_code",
  coupon_moved: "new_code",
  coupon_unknown: "new_code",
  nonce_too_far_ahead: "new_code",
  not_paid: "new_code",
  scheme_unknown: "new_code",
  signature_invalid: "new_code",
};

export function stepOf(verdict: Verdict): Step {
  switch (verdict.kind) {
    case "paid": return verdict.open > 0 ? "next_code" : "next_customer";
    case "refused": return AFTER[verdict.reason] ?? "next_customer";
    case "undone":
    case "not_undone": return "next_customer";
    default: return "wait";
  }
}
