/** Selection of the coupons for an amount, on the device that holds their keys. */

import type { Address } from "./protocol/bytes";
import { MAX_BUNDLE } from "./protocol/codes";
import type { Spend } from "./protocol/messages";

/** A coupon of a letter, as its holder knows it; amounts in cents. */
export interface Coupon {
  readonly address: Address;
  /** Its index in the letter, from 0. */
  readonly index: number;
  readonly generation: number;
  readonly remaining: number;
  /** 0 when it was never used. */
  readonly lastNonce: number;
}

/** The coupons and the nonce of a code. */
export interface Plan {
  readonly coupons: readonly Coupon[];
  readonly nonce: number;
}

/** Lower is better, in lexicographic order. */
interface Rank {
  /** The number of coupons that were never used. */
  readonly fresh: number;
  /** The sum of the coupons in cents. */
  readonly sum: number;
}

/** The amount cannot be covered by one code. */
export class BudgetTooLow extends Error {
  override readonly name = "BudgetTooLow";

  /** @param most The most that one code can hold here, in cents. */
  constructor(readonly most: number) {
    super(`one code holds at most ${most} cents`);
  }
}

/** The most that one code can hold, in cents. */
export function mostInOneCode(coupons: readonly Coupon[]): number {
  return most(coupons, MAX_BUNDLE);
}

/**
 * Choose the fewest coupons that cover an amount in cents; among equals, those with the fewest unused coupons, then
 * those with the lowest sum.
 *
 * A payment links its coupons in public, so fewer coupons reveal less, and used coupons reveal less than unused ones.
 *
 * @throws BudgetTooLow when one code cannot hold the amount.
 */
export function chooseCoupons(
  coupons: readonly Coupon[],
  amount: number,
  atMost: number = MAX_BUNDLE,
): Coupon[] {
  const filled = coupons.filter((coupon) => coupon.remaining > 0);
  for (let count = 1; count <= atMost; count++) {
    if (most(filled, count) < amount || filled.length < count) continue;
    return bestOf(filled, amount, count);
  }
  throw new BudgetTooLow(most(filled, atMost));
}

/**
 * Plan a code for an amount in cents.
 *
 * @param now the ledger's time in unix seconds
 * @param replaces a code that was shown and may still be paid. The new code repeats its nonce and one of its coupons,
 *   so that at most one of the two can be paid. When that code replaced others, pass only the coupons that all open
 *   codes share; otherwise the first and the last could both be paid.
 * @throws BudgetTooLow when one code cannot hold the amount.
 */
export function planCode(
  coupons: readonly Coupon[],
  amount: number,
  now: number,
  replaces?: Spend,
): Plan {
  if (replaces !== undefined) {
    const { nonce } = replaces;
    // Coupons with a higher last nonce were in a later code; with the same one, in this code, which was paid.
    const open = coupons.filter((coupon) => coupon.lastNonce < nonce);
    const shown = open.filter((coupon) => replaces.coupons.includes(coupon.address));
    if (shown.length === replaces.coupons.length) {
      return { coupons: chooseWithOneOf(shown, open, amount), nonce };
    }
  }
  const chosen = chooseCoupons(coupons, amount);
  return { coupons: chosen, nonce: Math.max(now, ...chosen.map((c) => c.lastNonce + 1)) };
}

/** As {@link chooseCoupons}, with at least one of the `wanted` coupons. */
function chooseWithOneOf(
  wanted: readonly Coupon[],
  coupons: readonly Coupon[],
  amount: number,
): Coupon[] {
  const bundles: Coupon[][] = [];
  for (const repeated of wanted) {
    const others = coupons.filter((coupon) => coupon !== repeated);
    const missing = amount - repeated.remaining;
    try {
      const more = missing > 0 ? chooseCoupons(others, missing, MAX_BUNDLE - 1) : [];
      bundles.push([repeated, ...more]);
    } catch (error) {
      if (!(error instanceof BudgetTooLow)) throw error;
    }
  }
  if (bundles.length === 0) {
    const held = wanted.map(
      (coupon) =>
        coupon.remaining +
        most(
          coupons.filter((other) => other !== coupon),
          MAX_BUNDLE - 1,
        ),
    );
    throw new BudgetTooLow(Math.max(...held));
  }
  const fewest = Math.min(...bundles.map((bundle) => bundle.length));
  return bundles
    .filter((bundle) => bundle.length === fewest)
    .reduce((one, other) => (compare(rank(other), rank(one)) < 0 ? other : one));
}

/** The bundle of `count` coupons with the lowest rank that covers the amount; one must exist. */
function bestOf(coupons: readonly Coupon[], amount: number, count: number): Coupon[] {
  let found: Coupon[] | null = null;
  let bar: Rank = { fresh: Infinity, sum: Infinity };

  // Branch and bound: skips what cannot cover the amount or cannot be better. 32 coupons have a million bundles.
  const search = (start: number, taken: Coupon[]): void => {
    const left = count - taken.length;
    const rest = coupons.slice(start);
    const held = sum(taken);
    if (rest.length < left || held + most(rest, left) < amount) return;
    const least = {
      fresh: fresh(taken) + Math.max(0, left - (rest.length - fresh(rest))),
      sum: Math.max(amount, held + leastOf(rest, left)),
    };
    if (compare(least, bar) >= 0) return;
    if (left === 0) {
      found = taken;
      bar = rank(taken);
      return;
    }
    for (let place = start; place < coupons.length; place++) {
      search(place + 1, [...taken, coupons[place]!]);
    }
  };

  search(0, []);
  return found!;
}

function compare(one: Rank, other: Rank): number {
  return one.fresh - other.fresh || one.sum - other.sum;
}

function rank(bundle: readonly Coupon[]): Rank {
  return { fresh: fresh(bundle), sum: sum(bundle) };
}

function most(coupons: readonly Coupon[], count: number): number {
  return sum([...coupons].sort((one, other) => other.remaining - one.remaining).slice(0, count));
}

function leastOf(coupons: readonly Coupon[], count: number): number {
  return sum([...coupons].sort((one, other) => one.remaining - other.remaining).slice(0, count));
}

function sum(bundle: readonly Coupon[]): number {
  return bundle.reduce((total, coupon) => total + coupon.remaining, 0);
}

function fresh(bundle: readonly Coupon[]): number {
  return bundle.filter((coupon) => coupon.lastNonce === 0).length;
}
