/** Verdicts: the state of a sale, shown on the whole screen. */

import type { Hash } from "web_shared/protocol/bytes";
import { proofCode } from "web_shared/protocol/enrolment";
import type { RefusalCode } from "web_shared/api/problems";
import type { Unanswered } from "./answers";
import type { ClaimEntry, RefundEntry, Sale } from "./model";
import { partsOf, tallyOf } from "./sale";

export type Reason = RefusalCode | "not_paid";

export type Verdict =
  /** The claim is not answered; `open`: there is no connection, and it is retried. */
  | { kind: "busy" | "open"; amount: number }
  /** `open`: what another code has to pay, of the `whole` sale. `proof` is null in practice mode. */
  | { kind: "paid"; amount: number; open: number; whole: number; time: number | null; proof: string | null }
  /** `open`: what is to be paid of the `whole` sale; `most`: the maximum of the code. */
  | { kind: "refused"; open: number; whole: number; most: number; reason: Reason }
  /** Called off: `amount` is being refunded, or was refunded. */
  | { kind: "undoing" | "undone"; amount: number }
  | { kind: "not_undone"; amount: number; reason: RefusalCode };

export type Kind = Verdict["kind"];

/** The look and sound of a verdict; a sale that is paid in part has its own. */
export type Face = Kind | "part";

export function faceOf(verdict: Verdict): Face {
  return verdict.kind === "paid" && verdict.open > 0 ? "part" : verdict.kind;
}

export interface Sold {
  sale: Sale;
  claims: readonly ClaimEntry[];
  refunds: readonly RefundEntry[];
  /** The claim of the verdict. */
  current: Hash;
  /** Why the claim is not answered. */
  unanswered: Unanswered | null;
}

export function verdictOf({ sale, claims, refunds, current, unanswered }: Sold): Verdict | null {
  if (sale.calledOff !== null) return undoOf(sale, claims, refunds);
  const claim = claims.find(({ id }) => id === current);
  if (!claim) return null;
  const { amount, most, state, paid, time, reason } = claim;
  const { open } = tallyOf(sale, claims, refunds);
  const whole = sale.amount;
  if (state === "open") return { kind: unanswered === "unknown" ? "open" : "busy", amount };
  if (state === "refused") return { kind: "refused", open, whole, most: Math.min(amount, most), reason: reason ?? "server_error" };
  return { kind: "paid", amount: paid, open, whole, time, proof: proofCode(claim.id) };
}

function undoOf(sale: Sale, claims: readonly ClaimEntry[], refunds: readonly RefundEntry[]): Verdict {
  const { paid, waiting, back } = tallyOf(sale, claims, refunds);
  const ids = partsOf(sale, claims).map(({ id }) => id);
  const refused = refunds.find(({ payment, state }) => state === "refused" && ids.includes(payment));
  if (refused) return { kind: "not_undone", amount: paid - back, reason: refused.reason ?? "server_error" };
  return { kind: waiting || back < paid ? "undoing" : "undone", amount: paid };
}
