import { expect, it } from "vitest";
import { mistakesIn } from "../../web_shared/test/catalogues";
import { PRACTISED, pretend } from "../src/core/practice";
import { stepOf } from "../src/core/steps";
import { LANGUAGES, nl, pickLanguage } from "../src/texts";

it.each(LANGUAGES.map(({ code, load }) => [code, load] as const))("%s is complete", async (code, load) => {
  expect(mistakesIn(code, await load(), nl)).toEqual([]);
});

it("takes the language that was chosen, else the browser's", () => {
  expect(pickLanguage(null, ["fr-FR", "en-GB"])).toBe("en");
  expect(pickLanguage("nl", ["en"])).toBe("nl");
});

it("has a step after every practised verdict", () => {
  const steps = Object.fromEntries(PRACTISED.map((choice) => [choice, stepOf(pretend(choice, 1000, 0))]));
  expect(steps).toMatchObject({
    paid: "next_customer", part: "next_code", budget_too_low: "pay_rest", code_expired: "new_code",
    category_not_permitted: "next_customer", not_paid: "new_code", open: "wait",
  });
});
