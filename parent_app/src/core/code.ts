/** Codes and their outcomes. */

import type { Address } from "web_shared/protocol/bytes";
import { CODE_SECONDS, codeText, makeCode } from "web_shared/protocol/codes";
import type { Domain, Spend } from "web_shared/protocol/messages";
import type { Key } from "web_shared/protocol/signatures";
import { BudgetTooLow, mostInOneCode, type Plan, planCode } from "web_shared/wallet";
import type { Letter, ShownCode } from "./model";
import { ParentTrouble } from "./trouble";

/** `used`: it was paid, or a coupon of it has a later nonce. `expired`: it was not paid in time. */
export type Outcome = "open" | "used" | "expired";

export function outcomeOf(letter: Letter, code: ShownCode, now: number): Outcome {
  if (anyUsed(letter, code.spend.coupons, code.spend.nonce)) return "used";
  return now > code.spend.validUntil ? "expired" : "open";
}

/** The shown code, when that or a code that it replaced may still be paid; otherwise null. */
function pending(letter: Letter, now: number): ShownCode | null {
  const { code } = letter;
  if (code === null || now > code.spend.validUntil) return null;
  return anyUsed(letter, code.tied, code.spend.nonce) ? null : code;
}

function anyUsed(letter: Letter, addresses: readonly Address[], nonce: number): boolean {
  return letter.coupons.some((c) => addresses.includes(c.address) && c.lastNonce >= nonce);
}

/** The open code for this amount and shop; null when there is none. */
export function sameCode(
  letter: Letter,
  amount: number,
  shop: number,
  now: number,
): ShownCode | null {
  const { code } = letter;
  if (code === null || outcomeOf(letter, code, now) !== "open") return null;
  return wholeOf(code) === amount && code.spend.shop === shop ? code : null;
}

/** What a code and the one after it pay together, in cents. */
export function wholeOf({ spend, rest }: ShownCode): number {
  return spend.maxAmount + (rest ?? 0);
}

/**
 * Make a code. Of this and the codes that it replaces, at most one can be paid.
 *
 * @param keys in the order of the letter's coupons
 * @param amount in cents; what does not fit one code is for another code, after this one
 * @param before cents that a code before this one paid of the same purchase
 * @throws ParentTrouble `amount_too_high` when two codes cannot hold the amount
 */
export function newCode(
  letter: Letter,
  keys: readonly Key[],
  domain: Domain,
  amount: number,
  shop: number,
  now: number,
  before = 0,
): ShownCode {
  const replaced = pending(letter, now);
  const maxAmount = Math.min(amount, mostNow(letter, now));
  const rest = amount - maxAmount;
  if (rest > 0 && amount > mostInTwo(letter, now)) throw new ParentTrouble("amount_too_high", mostInTwo(letter, now));
  const plan = planFor(letter, maxAmount, now, replaced);
  const coupons = plan.coupons.map(({ address }) => address);
  const validUntil = now + CODE_SECONDS;
  const spend: Spend = { scheme: letter.scheme, shop, maxAmount, validUntil, nonce: plan.nonce, coupons };
  const places = new Map(letter.coupons.map(({ address }, place) => [address, place]));
  const signers = coupons.map((address) => keys[places.get(address)!]!);
  const tied = replaced ? replaced.tied.filter((address) => coupons.includes(address)) : coupons;
  return { text: codeText(makeCode(spend, domain, signers)), spend, tied, rest, before };
}

/** The most that a code can hold at this moment, in cents. */
export function mostNow(letter: Letter, now: number): number {
  const code = pending(letter, now);
  const most = mostInOneCode(letter.coupons);
  if (code === null) return most;
  try {
    planCode(letter.coupons, most, now, tiedSpend(code));
    return most;
  } catch (error) {
    if (error instanceof BudgetTooLow) return error.most;
    throw error;
  }
}

/** The most that a code can hold at this moment and another one after it, in cents. */
export function mostInTwo(letter: Letter, now: number): number {
  const most = mostNow(letter, now);
  if (most === 0) return 0;
  const { coupons } = planFor(letter, most, now, pending(letter, now));
  return most + mostInOneCode(letter.coupons.filter(({ address }) => !coupons.some((each) => each.address === address)));
}

function planFor(letter: Letter, amount: number, now: number, replaced: ShownCode | null): Plan {
  try {
    const plan = planCode(letter.coupons, amount, now, replaced ? tiedSpend(replaced) : undefined);
    // The ledger does not know the nonce of a code that expired unpaid; it is not reused either.
    return replaced ? plan : { ...plan, nonce: Math.max(plan.nonce, letter.shownNonce + 1) };
  } catch (error) {
    if (error instanceof BudgetTooLow) throw new ParentTrouble("amount_too_high", error.most);
    throw error;
  }
}

/** The code to replace, with only the coupons that all codes with its nonce share; see {@link planCode}. */
function tiedSpend({ spend, tied }: ShownCode): Spend {
  return { ...spend, coupons: tied };
}
