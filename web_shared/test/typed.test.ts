import { expect, it } from "vitest";
import {
  INVITATION,
  LETTER,
  OFFICIAL_INVITATION,
  findTypingError,
  findErrorSoFar,
  PROOF_CODE,
  RECOVERY_SHEET,
  type TypingError,
} from "../src/protocol/typed";
import { vectors } from "./vectors";

const PRINTED = {
  letter: LETTER,
  invitation: INVITATION,
  "official invitation": OFFICIAL_INVITATION,
  "recovery sheet": RECOVERY_SHEET,
  "proof code": PROOF_CODE,
};

const ROWS = vectors<{ kind: keyof typeof PRINTED; about: string; typed: string; problem: TypingError | null }>("typed");

it.each(ROWS)("points at what is wrong in a $kind: $about", ({ kind, typed, problem }) => {
  expect(findTypingError(typed, PRINTED[kind])).toEqual(problem);
});

it("reports no missing characters while the text is incomplete", () => {
  expect(findErrorSoFar("0400-2", LETTER)).toBeNull();
  expect(findErrorSoFar("0400-2*", LETTER)).toEqual({ kind: "character", group: 2, character: "*" });
});
