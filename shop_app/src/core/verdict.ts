/** What the screen says about a sale. */

import type { Hash } from "web_shared/protocol/bytes";
import { proofCode } from "web_shared/protocol/enrolment";
import type { RefusalCode } from "web_shared/api/problems";
import type { Unanswered } from "./answers";
import type { ClaimEntry, RefundEntry, Sale } from "./model";
import { partsOf, tallyOf } from "./sale";

export type Reason = RefusalCode | "not_paid";

export type Verdict =
  /** The answer is out; `open`: the line is bad, and it is asked again. */
  | { kind: "busy" | "open"; amount: number }
  /** `open`: what another code has to pay, of the `whole` sale. `proof` is null when it was practice. */
  | { kind: "paid"; amount: number; open: number; whole: number; time: number | null; proof: string | null }
  /** `open`: what is to be paid of the `whole` sale; `most`: what the code allows of it. */
  | { kind: "refused"; open: number; whole: number; most: number; reason: Reason }
  /** Called off: `amount` is on its way back, or is back. */
  | { kind: "undoing" | "undone"; amount: number }
  | { kind: "not_undone"; amount: number; reason: RefusalCode };

export type Kind = Verdict["kind"];

/** How a verdict looks and sounds: a sale that is paid in part must not pass for one that is paid. */
export type Face = Kind | "part";

export function faceOf(verdict: Verdict): Face {
  return verdict.kind === "paid" && verdict.open > 0 ? "part" : verdict.kind;
}

export interface Sold {
  sale: Sale;
  claims: readonly ClaimEntry[];
  refunds: readonly RefundEntry[];
  /** The claim that it is about. */
  current: Hash;
  /** Why its answer is not there. */
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
