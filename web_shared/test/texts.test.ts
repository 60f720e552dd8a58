import { describe, expect, it, test } from "vitest";
import { language, pickLanguageOf } from "../src/texts/words";
import { type CatalogueOf, speak } from "../src/texts/texts";
import { mistakesIn } from "./catalogues";

const nl = {
  back: "Terug",
  wrong: "Dit staat nooit in een brief: {characters}",
  missing: { one: "Nog {count} teken.", other: "Nog {count} tekens." },
} as const;

const en: CatalogueOf<typeof nl> = {
  back: "Back",
  wrong: "A letter never has this: {characters}",
  missing: { one: "One more character.", other: "{count} more characters." },
};

const ar: CatalogueOf<typeof nl> = {
  back: "رجوع",
  wrong: "هذا لا يوجد في الرسالة أبدا: {characters}",
  missing: {
    zero: "لا شيء",
    one: "حرف واحد",
    two: "حرفان",
    few: "{count} أحرف",
    many: "{count} حرفا",
    other: "{count} حرف",
  },
};

test("a text has its placeholders replaced, and the plural form of its language", () => {
  const say = speak<typeof nl>("nl", nl);
  expect(say("back")).toBe("Terug");
  expect(say("wrong", { characters: "U" })).toBe("Dit staat nooit in een brief: U");
  expect(say("missing", { count: 1 })).toBe("Nog 1 teken.");
  expect(say("missing", { count: 3 })).toBe("Nog 3 tekens.");
  expect(speak<typeof nl>("en", en)("missing", { count: 1 })).toBe("One more character.");
  const arabic = speak<typeof nl>("ar", ar);
  expect([2, 3, 11, 100].map((count) => arabic("missing", { count }))).toEqual([
    "حرفان",
    "3 أحرف",
    "11 حرفا",
    "100 حرف",
  ]);
});

test("a missing value is a type error", () => {
  const say = speak<typeof nl>("nl", nl);
  // @ts-expect-error: characters is missing
  expect(say("wrong", {})).toContain("{characters}");
  // @ts-expect-error: there is no such key
  expect(() => say("other")).toThrow(TypeError);
});

describe("a catalogue's mistakes", () => {
  it("are none in a complete catalogue", () => {
    expect(mistakesIn("en", en, nl)).toEqual([]);
    expect(mistakesIn("ar", ar, nl)).toEqual([]);
  });

  it("are all reported", () => {
    const bad = { back: " ", wrong: "x", missing: { other: "{count}" }, extra: "y" };
    expect(mistakesIn("en", bad, nl)).toEqual([
      "extra: not in Dutch",
      "back: empty",
      "wrong: needs {characters}",
      "missing: no one",
    ]);
    expect(mistakesIn("en", { back: "a", wrong: "{characters}" }, nl)).toEqual([
      "missing: missing, or with a plural on one side only",
    ]);
  });
});

describe("the language of an app", () => {
  const languages = [{ code: "nl" }, { code: "en" }];

  it("is the browser's first language that is available, or else Dutch", () => {
    expect(pickLanguageOf(languages, null, ["xx", "en-GB", "nl"])).toBe("en");
    expect(pickLanguageOf(languages, null, ["xx"])).toBe("nl");
    expect(pickLanguageOf(languages, null, [])).toBe("nl");
  });

  it("is the language that was chosen before", () => {
    expect(pickLanguageOf(languages, "en", ["nl"])).toBe("en");
    expect(pickLanguageOf(languages, "gone", ["nl"])).toBe("nl");
  });

  it("has the direction of its script", () => {
    const directions = ["nl", "en", "ar", "fa"].map((code) => language(code, "", true, async () => ({})).direction);
    expect(directions).toEqual(["ltr", "ltr", "rtl", "rtl"]);
  });
});
