/** Normalisation of typed text, tested with the vectors that Python is tested with. */

import { expect, test } from "vitest";
import { amountKeyOf } from "../src/amount";
import { plainDigits } from "../src/characters";
import { PIN } from "../src/device/secrets";
import { parseEuros } from "../src/money";
import { matches } from "../src/search";
import { vectors } from "./vectors";

interface Row {
  about: string;
  typed: string;
  plain?: string;
  cents?: number | null;
}

const ROWS = vectors<Row>("digits");

test.each(ROWS.filter(({ plain }) => plain !== undefined))("digits: $about", ({ typed, plain }) => {
  expect(plainDigits(typed)).toBe(plain);
});

test.each(ROWS.filter(({ cents }) => cents !== undefined))("an amount: $about", ({ typed, cents }) => {
  expect(parseEuros(typed)).toBe(cents);
});

test.each([
  ["٧", "7"],
  ["۷", "7"],
  ["٫", ","],
  ["،", ","],
  ["٬", null],
  ["²", null],
  ["٧٧", null],
])("the key %s of a keyboard is %s", (key, pressed) => {
  expect(amountKeyOf(key)).toBe(pressed);
});

test("a PIN is the same in the digits of every script", () => {
  expect([PIN.plain("١٢٣٤"), PIN.plain("۱۲۳۴")]).toEqual(["1234", "1234"]);
  expect(PIN.refuse(PIN.plain("١٢٣٤"), [])).toBeNull();
  expect(PIN.refuse(PIN.plain("١٢³٤"), [])).toBe("pin_short");
});

test("a house number is found in the digits of every script", () => {
  expect(matches("Dorpsstraat 12", "١٢")).toBe(true);
});
