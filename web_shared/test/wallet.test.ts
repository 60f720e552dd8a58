import { describe, expect, it, test } from "vitest";
import type { Spend } from "../src/protocol/messages";
import { BudgetTooLow, type Coupon, chooseCoupons, mostInOneCode, planCode } from "../src/wallet";

const NOW = 1_790_000_000;

function coupon(index: number, remaining: number, lastNonce = 0): Coupon {
  const address = `0x${String(index).padStart(40, "0")}` as const;
  return { address, index, generation: 0, remaining, lastNonce };
}

/** By default a letter is € 300: 2 × € 100, € 50, 2 × € 20, € 10. */
const LETTER = [10000, 10000, 5000, 2000, 2000, 1000].map((value, index) => coupon(index, value));

function indexes(coupons: readonly Coupon[]): number[] {
  return coupons.map((chosen) => chosen.index);
}

function shown(plan: { coupons: readonly Coupon[]; nonce: number }, maxAmount = 1): Spend {
  const coupons = plan.coupons.map((chosen) => chosen.address);
  return { scheme: 1, shop: 0, maxAmount, validUntil: plan.nonce + 300, nonce: plan.nonce, coupons };
}

test.each([
  [500, [5]],
  [1000, [5]],
  [1001, [3]],
  [4250, [2]],
  [5001, [0]],
  [10001, [0, 5]],
  [20000, [0, 1]],
  [30000, [0, 1, 2, 3, 4, 5]],
])("the fewest for %d cents, and of those the least", (amount, chosen) => {
  expect(indexes(chooseCoupons(LETTER, amount))).toEqual(chosen);
});

test("coupons that were used before are preferred", () => {
  const coupons = [coupon(0, 5000), coupon(1, 9000, 7), coupon(2, 5000)];
  expect(indexes(chooseCoupons(coupons, 4000))).toEqual([1]);
  expect(indexes(chooseCoupons(coupons, 10000))).toEqual([0, 1]);
});

test("fewer coupons are preferred over used ones", () => {
  const coupons = [coupon(0, 3000, 7), coupon(1, 3000, 7), coupon(2, 6000)];
  expect(indexes(chooseCoupons(coupons, 5000))).toEqual([2]);
});

test("an empty coupon is not chosen", () => {
  expect(indexes(chooseCoupons([coupon(0, 0, 9), coupon(1, 500)], 500))).toEqual([1]);
});

test("one code holds at most six coupons of a card", () => {
  const card = Array.from({ length: 15 }, (_, index) => coupon(index, 2000));
  expect(mostInOneCode(card)).toBe(12000);
  expect(chooseCoupons(card, 12000)).toHaveLength(6);
  expect(() => chooseCoupons(card, 12001)).toThrow(BudgetTooLow);
  try {
    chooseCoupons(card, 12001);
  } catch (error) {
    expect((error as BudgetTooLow).most).toBe(12000);
  }
});

/** The rule by exhaustive search, as in backend/kindpakket/domain/wallet.py. */
function chooseExhaustively(coupons: readonly Coupon[], amount: number): number[] {
  const filled = coupons.filter(({ remaining }) => remaining > 0);
  for (let count = 1; count <= 6; count++) {
    const covering = bundles(filled, count).filter((bundle) => sum(bundle) >= amount);
    const fresh = (bundle: Coupon[]): number => bundle.filter((c) => c.lastNonce === 0).length;
    covering.sort((one, other) => fresh(one) - fresh(other) || sum(one) - sum(other));
    if (covering[0] !== undefined) return indexes(covering[0]);
  }
  return [];
}

function bundles(coupons: readonly Coupon[], count: number): Coupon[][] {
  if (count === 0) return [[]];
  return coupons.flatMap((first, place) =>
    bundles(coupons.slice(place + 1), count - 1).map((rest) => [first, ...rest]),
  );
}

function sum(coupons: readonly Coupon[]): number {
  return coupons.reduce((total, { remaining }) => total + remaining, 0);
}

test("for random letters the choice equals that of an exhaustive search", () => {
  let seed = 1;
  const draw = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let round = 0; round < 400; round++) {
    const coupons = Array.from({ length: 1 + draw(9) }, (_, index) =>
      coupon(index, draw(6) * 500, draw(3)),
    );
    const most = mostInOneCode(coupons);
    if (most === 0) continue;
    const amount = 1 + draw(most);
    expect(indexes(chooseCoupons(coupons, amount))).toEqual(chooseExhaustively(coupons, amount));
  }
});

test.each([6000, 6100, 6165])("the choice for a letter of 32 coupons takes less than a second: %d cents", (amount) => {
  const coupons = Array.from({ length: 32 }, (_, index) => coupon(index, 1000 + index, index % 2));
  const start = performance.now();
  expect(chooseCoupons(coupons, amount)).toHaveLength(6);
  expect(performance.now() - start).toBeLessThan(1000);
});

describe("a planned code", () => {
  it("has the time as its nonce, or one more than the last nonce of its coupons", () => {
    expect(planCode(LETTER, 4250, NOW)).toEqual({ coupons: [LETTER[2]], nonce: NOW });
    const ahead = [coupon(0, 5000, NOW + 60)];
    expect(planCode(ahead, 4250, NOW).nonce).toBe(NOW + 61);
  });

  it("that replaces one repeats its nonce and a coupon", () => {
    const first = planCode(LETTER, 4250, NOW);
    const more = planCode(LETTER, 12000, NOW + 30, shown(first));
    expect(more.nonce).toBe(NOW);
    expect(indexes(more.coupons)).toContain(2);
    expect(more.coupons.reduce((sum, { remaining }) => sum + remaining, 0)).toBeGreaterThan(12000);
    expect(more.coupons).toHaveLength(2);
    const less = planCode(LETTER, 100, NOW + 60, shown(more));
    expect(less.nonce).toBe(NOW);
    expect(less.coupons).toHaveLength(1);
  });

  it("has at most six coupons when it replaces one", () => {
    const card = Array.from({ length: 15 }, (_, index) => coupon(index, 2000));
    const first = planCode(card, 2000, NOW);
    expect(planCode(card, 12000, NOW, shown(first)).coupons).toHaveLength(6);
    expect(() => planCode(card, 12001, NOW, shown(first))).toThrow(BudgetTooLow);
  });

  it("has a new nonce when the code before was paid", () => {
    const first = planCode(LETTER, 4250, NOW);
    const after = LETTER.map((c) => (c.index === 2 ? coupon(2, 750, NOW) : c));
    const next = planCode(after, 700, NOW + 30, shown(first));
    expect(next).toEqual({ coupons: [after[2]], nonce: NOW + 30 });
  });

  it("leaves out coupons with a last nonce above the one it repeats", () => {
    const coupons = [coupon(0, 1000), coupon(1, 9000, NOW + 5), coupon(2, 9000)];
    const spend = { ...shown({ coupons: [coupons[0]!], nonce: NOW }), nonce: NOW };
    expect(indexes(planCode(coupons, 5000, NOW + 10, spend).coupons)).toEqual([0, 2]);
  });
});
