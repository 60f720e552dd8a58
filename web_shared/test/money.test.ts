import { expect, test } from "vitest";
import { formatEuros, MAX_CENTS, parseEuros } from "../src/money";

test.each([
  [0, "€\u00a00,00"],
  [5, "€\u00a00,05"],
  [4250, "€\u00a042,50"],
  [123450, "€\u00a01.234,50"],
  [100000000, "€\u00a01.000.000,00"],
  [-4250, "€\u00a0-42,50"],
])("%d cents is %s", (cents, text) => {
  expect(formatEuros(cents)).toBe(text);
});

test.each([0.5, Number.NaN, Infinity])("%d cents is refused", (cents) => {
  expect(() => formatEuros(cents)).toThrow(RangeError);
});

test.each([
  ["42", 4200],
  ["42,50", 4250],
  [" 42.50 ", 4250],
  ["€ 42,50", 4250],
  ["€42", 4200],
  ["0,01", 1],
  ["42949672,95", MAX_CENTS],
])("%s is read", (text, cents) => {
  expect(parseEuros(text)).toBe(cents);
});

test.each(["", "0", "0,00", "-1", "1,5", "42949672,96", "1e3", "4 2", "42,500"])(
  "%s is no amount",
  (text) => {
    expect(parseEuros(text)).toBeNull();
  },
);
