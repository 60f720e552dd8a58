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
  /** `open`: what another code has to pay. `proof` is null when it was practice. */
  | { kind: "paid"; amount: number; open: number; time: number | null; proof: string | null }
  | { kind: "refused"; amount: number; reason: Reason }
  /** Called off: `amount` is on its way back, or is back. */
  | { kind: "undoing" | "undone"; amount: number }
  | { kind: "not_undone"; amount: number; reason: RefusalCode };

export type Kind = Verdict["kind"];

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
  const { amount, state, paid, time, reason } = claim;
  if (state === "open") return { kind: unanswered === "unknown" ? "open" : "busy", amount };
  if (state === "refused") return { kind: "refused", amount, reason: reason ?? "server_error" };
  const { open } = tallyOf(sale, claims, refunds);
  return { kind: "paid", amount: paid, open, time, proof: proofCode(claim.id) };
}

function undoOf(sale: Sale, claims: readonly ClaimEntry[], refunds: readonly RefundEntry[]): Verdict {
  const { paid, waiting, back } = tallyOf(sale, claims, refunds);
  const ids = partsOf(sale, claims).map(({ id }) => id);
  const refused = refunds.find(({ payment, state }) => state === "refused" && ids.includes(payment));
  if (refused) return { kind: "not_undone", amount: paid - back, reason: refused.reason ?? "server_error" };
  return { kind: waiting || back < paid ? "undoing" : "undone", amount: paid };
}
