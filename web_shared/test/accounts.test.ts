/** Bank accounts have one canonical spelling, and errors are found while they are typed. */

import { expect, it } from "vitest";
import { compactIban, isHolder, mistakeInIban, tidyHolder } from "../src/protocol/accounts";
import { vectors } from "./vectors";

interface Spelling {
  what: "iban" | "holder";
  typed: string;
  signed: string;
}

it.each(vectors<Spelling>("accounts"))("$what $typed is signed as $signed", (spelling) => {
  const write = spelling.what === "iban" ? compactIban : tidyHolder;
  expect(write(spelling.typed)).toBe(spelling.signed);
  expect(write(spelling.signed)).toBe(spelling.signed);
});

it.each([
  ["", "empty"],
  ["N", "short"],
  ["NL", "short"],
  ["NL20INGB000123456", "short"],
  ["NL20INGB00012345678", "long"],
  ["NL20INGB0001234568", "digits"],
  ["NL02INGB0001234567", "digits"],
  ["NL20INGB000123456!", "characters"],
  ["NL20INGB000123456\u2077", "characters"],
  ["BR1800360305000010009795493C1", "country"],
  ["NL20INGB0001234567", null],
  ["DE89370400440532013000", null],
  ["MT84MALT011000012345MTLCAST001S", null],
])("what is wrong with %s is %s", (iban, mistake) => {
  expect(mistakeInIban(iban)).toBe(mistake);
});

it("a holder has a letter or a digit, and at most 70 characters", () => {
  expect(["", "_", "x".repeat(71), "Jan", "\u{1f6b2}".repeat(69) + "x"].map(isHolder)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});
