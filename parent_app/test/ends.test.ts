/** The end of a scheme has the same text everywhere; Python is tested with these vectors too. */

import { describe, expect, it } from "vitest";
import { sayEnd } from "web_shared/dates";
import { wordsIn as tillWordsIn } from "../../shop_app/src/texts";
import { vectors } from "../../web_shared/test/vectors";
import { LANGUAGES, wordsIn } from "../src/texts";

type Vector = { about: string; closes: number; closed: boolean } & Record<string, string>;
const VECTORS = vectors<Vector>("ends");

describe.each(VECTORS.map((vector) => [vector.about, vector] as const))("the end: %s", (_, vector) => {
  it.each(LANGUAGES.map(({ code }) => code))("in %s", async (code) => {
    expect(sayEnd(vector, await wordsIn(code))).toBe(vector[code]);
  });

  it.each(["nl", "en"])("at the till, in %s", async (code) => {
    expect(sayEnd(vector, await tillWordsIn(code))).toBe(vector[code]);
  });
});
