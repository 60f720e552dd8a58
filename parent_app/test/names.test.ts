/** How letters and children are named. */

import { describe, expect, it } from "vitest";
import { inOrder, type Letter } from "../src/core/model";
import type { View } from "../src/core/state";
import { initialOf, nameOf } from "../src/parts/names";
import { type Words, wordsIn } from "../src/texts";

const SCHEMES = { 1: { name: "Kindpakket" }, 2: { name: "Fiets" } };

/** The names of letters, each with the child's name and the scheme, in the order in which they were added. */
function namesOf(words: Words, ...added: [string, number][]): string[] {
  const letters = inOrder(added.map(([name, scheme], at) => ({ id: `${at}`, name, scheme, place: at + 1 }) as Letter));
  const view = { letters, facts: { schemes: SCHEMES } } as unknown as View;
  return letters.map((letter) => `${nameOf(letter, view, words)} (${initialOf(letter, view, words)})`);
}

describe("the names of letters", async () => {
  const words = await wordsIn("nl");

  it("are those of the children", () => {
    expect(namesOf(words, ["Noor", 1], ["Sami", 1])).toEqual(["Noor (N)", "Sami (S)"]);
  });

  it("are numbers of children, which a second letter of another child does not change", () => {
    expect(namesOf(words, ["Noor", 1], ["", 1])).toEqual(["Noor (N)", "Brief 2 (2)"]);
    expect(namesOf(words, ["Noor", 1], ["", 1], ["Noor", 2])).toEqual([
      "Noor – Kindpakket (N)", "Noor – Fiets (N)", "Brief 2 (2)",
    ]);
  });

  it("have a number when name and scheme are the same", () => {
    expect(namesOf(words, ["Noor", 1], ["Noor", 1], ["Noor", 2])).toEqual([
      "Noor 1 – Kindpakket (N)", "Noor 2 – Kindpakket (N)", "Noor – Fiets (N)",
    ]);
  });
});
