import { describe, expect, it, test } from "vitest";
import type { Spend } from "../src/protocol/messages";
import { BudgetTooLow, type Coupon, chooseCoupons, mostInOneCode, planCode } from "../src/wallet";
import { vectors } from "./vectors";

const NOW = 1_790_000_000;

function coupon(index: number, remaining: number, lastNonce = 0): Coupon {
  const address = `0x${String(index).padStart(40, "0")}` as const;
  return { address, index, generation: 0, remaining, lastNonce };
}

/** By default a letter is € 300: 100, 2 × 50, 3 × 20, 2 × 10, 4 × 5. */
const LETTER = [10000, 5000, 5000, 2000, 2000, 2000, 1000, 1000, 500, 500, 500, 500].map((value, index) =>
  coupon(index, value),
);

function indexes(coupons: readonly Coupon[]): number[] {
  return coupons.map((chosen) => chosen.index);
}

function shown(plan: { coupons: readonly Coupon[]; nonce: number }, maxAmount = 1): Spend {
  const coupons = plan.coupons.map((chosen) => chosen.address);
  return { scheme: 1, shop: 0, maxAmount, validUntil: plan.nonce + 300, nonce: plan.nonce, coupons };
}

interface Vector {
  about: string;
  /** What remains, and the last nonce. */
  coupons: [number, number][];
  amount: number;
  chosen: number[] | null;
}

const VECTORS = vectors<Vector>("wallet");

test.each(VECTORS.map((vector) => [vector.about, vector] as const))("the choice: %s", (_, vector) => {
  const coupons = vector.coupons.map(([remaining, nonce], index) => coupon(index, remaining, nonce));
  const choose = (): number[] => indexes(chooseCoupons(coupons, vector.amount));
  if (vector.chosen === null) expect(choose).toThrow(BudgetTooLow);
  else expect(choose()).toEqual(vector.chosen);
});

test.each([
  [500, [8]],
  [501, [6]],
  [4250, [1]],
  [8500, [8, 6, 3, 1]],
  [26000, [3, 4, 5, 1, 2, 0]],
])("the fewest coupons pay %d cents unless others leave nothing", (amount, chosen) => {
  expect(indexes(chooseCoupons(LETTER, amount))).toEqual(chosen);
});

test("coupons that paid before pay again only when the others do not suffice", () => {
  const coupons = [coupon(0, 10000), coupon(1, 8000, 7), coupon(2, 5000), coupon(3, 2000)];
  expect(indexes(chooseCoupons(coupons, 7700))).toEqual([0]);
  expect(indexes(chooseCoupons(coupons, 17001))).toEqual([1, 0]);
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

test.each([6000, 6101, 6165])("the choice for a letter of 32 coupons takes less than a second: %d cents", (amount) => {
  const coupons = Array.from({ length: 32 }, (_, index) => coupon(index, 1000 + 2 * index, index % 2));
  const start = performance.now();
  expect(chooseCoupons(coupons, amount)).toHaveLength(6);
  expect(performance.now() - start).toBeLessThan(1000);
});

describe("a planned code", () => {
  it("has the time as its nonce, or one more than the last nonce of its coupons", () => {
    expect(planCode(LETTER, 4250, NOW)).toEqual({ coupons: [LETTER[1]], nonce: NOW });
    const ahead = [coupon(0, 5000, NOW + 60)];
    expect(planCode(ahead, 4250, NOW).nonce).toBe(NOW + 61);
  });

  it("that replaces one repeats its nonce and a coupon", () => {
    const first = planCode(LETTER, 4250, NOW);
    const more = planCode(LETTER, 12000, NOW + 30, shown(first));
    expect(more.nonce).toBe(NOW);
    expect(indexes(more.coupons)).toEqual([3, 1, 2]);
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
    const after = LETTER.map((c) => (c.index === 1 ? coupon(1, 750, NOW) : c));
    const next = planCode(after, 750, NOW + 30, shown(first));
    expect(next).toEqual({ coupons: [after[1]], nonce: NOW + 30 });
  });

  it("leaves out coupons with a last nonce above the one it repeats", () => {
    const coupons = [coupon(0, 1000), coupon(1, 9000, NOW + 5), coupon(2, 9000)];
    const spend = { ...shown({ coupons: [coupons[0]!], nonce: NOW }), nonce: NOW };
    expect(indexes(planCode(coupons, 5000, NOW + 10, spend).coupons)).toEqual([0, 2]);
  });
});
