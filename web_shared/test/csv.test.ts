/** CSV for spreadsheets; the guard against formulas is tested with the vectors that Python is tested with. */

import { describe, expect, it } from "vitest";
import { csvOf, guardFormula } from "../src/csv";
import { vectors } from "./vectors";

const GUARDED = vectors<{ about: string; text: string; cell: string }>("csv");

describe("a table", () => {
  it("has semicolons and decimal commas, as Dutch spreadsheets expect", () => {
    expect(csvOf([["Datum", "Bedrag"], ["22-11-2026", 123450]])).toBe("\ufeffDatum;Bedrag\r\n22-11-2026;1234,50\r\n");
  });

  it("writes cents with two digits, also of negative amounts", () => {
    expect(csvOf([[0, 5, 40, 100, -5, -123456]])).toBe("\ufeff0,00;0,05;0,40;1,00;-0,05;-1234,56\r\n");
  });

  it("quotes cells with separators, quotes or line breaks", () => {
    expect(csvOf([['a;b', 'c"d', "e\nf", "g,h"]])).toBe('\ufeff"a;b";"c""d";"e\nf";g,h\r\n');
  });

  it.each(GUARDED)("carries out no formula: $about", ({ text, cell }) => {
    expect(guardFormula(text)).toBe(cell);
  });
});
