import { expect, test } from "vitest";
import { unusedIn } from "../tokens.ts";

test("a token stays when a property uses it, directly or through other tokens", () => {
  const css = `
    .theme { --size: 1px; --unused: var(--only-there); --only-there: 2px; --fallback: 3px }
    .theme { --size: var(--other) } .dark { --other: 4px; --unused: 5px }
    .a--b:hover { width: var( --size, var(--fallback)) }`;
  expect(unusedIn(css)).toEqual(["--unused", "--only-there"]);
});
