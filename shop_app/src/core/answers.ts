/** The outcome of a claim or refund by the server's answers: done, refused, or still unknown. */

import type { Schemas } from "web_shared/api/client";
import { Refused, Unreachable } from "web_shared/api/problems";
import type { ClaimEntry, RefundEntry } from "./model";
import type { Server } from "./server";

/** A claim that was sent before its code expired may reach the ledger this much later. */
const GRACE_SECONDS = 30;

/** `pending`: the server has it. `unknown`: there was no conclusive answer. */
export type Unanswered = "pending" | "unknown";

type Result<Entry> = Partial<Entry> | Unanswered;

export function isAnswer<Entry>(result: Result<Entry>): result is Partial<Entry> {
  return typeof result !== "string";
}

/**
 * Send a claim, or look up its payment when the code has expired. Idempotent.
 *
 * @param wanted false when its sale was called off: then it is only looked up
 */
export function answerToClaim(server: Server, entry: ClaimEntry, now: number, wanted: boolean): Promise<Result<ClaimEntry>> {
  return orUnanswered(async () => {
    // A code that had expired before it was scanned is sent too, and refused by the rules.
    if (wanted && (now <= entry.validUntil || entry.madeAt > entry.validUntil)) return sent(server, entry);
    const serverTime = await server.time();
    const found = await lookedUp(server, entry);
    if (found !== null) return paid(found);
    if (serverTime > entry.validUntil + GRACE_SECONDS) return { state: "refused", reason: "not_paid" };
    // By the server's clock the code has not expired: this device's clock is wrong.
    return wanted && serverTime <= entry.validUntil ? sent(server, entry) : "unknown";
  });
}

export function answerToRefund(server: Server, { body }: RefundEntry): Promise<Result<RefundEntry>> {
  return orUnanswered(async () => {
    try {
      const { status } = await server.refund(body!);
      return status === "settled" ? { state: "done" } : "pending";
    } catch (error) {
      return refusal(error);
    }
  });
}

async function sent(server: Server, entry: ClaimEntry): Promise<Result<ClaimEntry>> {
  try {
    return paid(await server.pay(entry.body!));
  } catch (error) {
    return refusal(error);
  }
}

async function lookedUp(server: Server, { id }: ClaimEntry): Promise<Schemas["PaymentAnswer"] | null> {
  try {
    return await server.payment(id);
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return null;
    throw error;
  }
}

function paid({ status, amount, time }: Schemas["PaymentAnswer"]): Result<ClaimEntry> {
  if (status !== "settled") return "pending";
  return { state: "paid", paid: amount, time: time === null ? null : Date.parse(time) / 1000 };
}

/** A refusal by the rules or a malformed request is final; other errors are thrown again. */
function refusal(error: unknown): { state: "refused"; reason: Refused["code"] } {
  if (error instanceof Refused && (error.final || error.problem.status === 400)) {
    return { state: "refused", reason: error.code };
  }
  throw error;
}

async function orUnanswered<T>(asked: () => Promise<T | Unanswered>): Promise<T | Unanswered> {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return "unknown";
    throw error;
  }
}
