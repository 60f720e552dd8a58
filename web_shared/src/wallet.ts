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
 * Choose the coupons that pay for an amount in cents, in the order of the code.
 *
 * A coupon that pays twice publicly ties the two payments. So a bundle is best if nothing is left on it; then the fewer
 * of its coupons were used before; then the fewer it has; then the lower its sum. The coupon with the most stands last:
 * it alone keeps change.
 *
 * @throws BudgetTooLow when one code cannot hold the amount.
 */
export function chooseCoupons(
  coupons: readonly Coupon[],
  amount: number,
  atMost: number = MAX_BUNDLE,
): Coupon[] {
  const filled = inOrder(coupons.filter((coupon) => coupon.remaining > 0));
  if (most(filled, atMost) < amount) throw new BudgetTooLow(most(filled, atMost));
  const used = filled.filter(wasUsed);
  const unused = filled.filter((coupon) => !wasUsed(coupon));
  let best: Coupon[] | null = null;
  for (let countUsed = 0; countUsed <= atMost; countUsed++) {
    for (let count = Math.max(1, countUsed); count <= atMost; count++) {
      const pools = Array.from({ length: count }, (_, place) => (place < countUsed ? used : unused));
      // After the first bundle, only one that leaves nothing is better.
      const found = leastOf(pools, amount, best ? amount + 1 : Infinity);
      if (found && sum(found) === amount) return inOrder(found);
      best ??= found;
    }
  }
  return inOrder(best!);
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
      return { coupons: inOrder(chooseWithOneOf(shown, open, amount)), nonce };
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
  return bundles.reduce((one, other) => (isBetter(other, one, amount) ? other : one));
}

/**
 * Branch and bound: the bundle of one coupon from each pool with the least sum that covers the amount; null when there
 * is none with a sum below the bar. 32 coupons have a million bundles.
 *
 * @param pools each in order; the same ones adjacent, for different coupons
 */
function leastOf(pools: readonly Coupon[][], amount: number, below: number): Coupon[] | null {
  let best: Coupon[] | null = null;
  let bar = below;
  /** Upper bound on what the pools from each place on hold. */
  const mostFrom = pools.map((_, place) =>
    pools.slice(place).reduce((total, pool) => total + (pool.at(-1)?.remaining ?? 0), 0),
  );

  const search = (start: number, taken: Coupon[], held: number): void => {
    const place = taken.length;
    const pool = pools[place]!;
    const needed = amount - held - (mostFrom[place + 1] ?? 0);
    for (let number = start; number < pool.length; number++) {
      const coupon = pool[number]!;
      const total = held + coupon.remaining;
      if (coupon.remaining < needed) continue;
      if (total >= bar || bar === amount) return;
      if (place + 1 === pools.length) {
        best = [...taken, coupon];
        bar = total;
        return;
      }
      search(pools[place + 1] === pool ? number + 1 : 0, [...taken, coupon], total);
    }
  };

  search(0, [], 0);
  return best;
}

/** Whether one bundle is better than another, by the order of {@link chooseCoupons}; both cover the amount. */
function isBetter(one: readonly Coupon[], other: readonly Coupon[], amount: number): boolean {
  const rank = (bundle: readonly Coupon[]): number[] => [
    Number(sum(bundle) > amount),
    bundle.filter(wasUsed).length,
    bundle.length,
    sum(bundle),
  ];
  const ranks = rank(other);
  const differences = rank(one).map((value, place) => value - ranks[place]!);
  return (differences.find((difference) => difference !== 0) ?? 0) < 0;
}

function inOrder(coupons: readonly Coupon[]): Coupon[] {
  return [...coupons].sort((one, other) => one.remaining - other.remaining);
}

function wasUsed({ lastNonce }: Coupon): boolean {
  return lastNonce > 0;
}

function most(coupons: readonly Coupon[], count: number): number {
  return count > 0 ? sum(inOrder(coupons).slice(-count)) : 0;
}

function sum(bundle: readonly Coupon[]): number {
  return bundle.reduce((total, coupon) => total + coupon.remaining, 0);
}
