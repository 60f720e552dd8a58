import { expect, it } from "vitest";
import { mistakesIn } from "../../web_shared/test/catalogues";
import { LANGUAGES, wordsIn } from "../src/texts";
import { nl } from "../src/texts/nl";

it.each(LANGUAGES.map(({ code, load }) => [code, load] as const))("%s is complete", async (code, load) => {
  expect(mistakesIn(code, await load(), nl)).toEqual([]);
});

it("is the page's language, and Dutch where there is none", async () => {
  expect((await wordsIn("en")).say("sign_in")).toBe("Sign in");
  expect((await wordsIn("")).say("sign_in")).toBe("Meld aan");
});
