/** Locates typing errors in an invitation or a recovery sheet, which differ in length. */

import { normalise } from "web_shared/protocol/base32";
import { INVITATION, findTypingError, findErrorSoFar, RECOVERY_SHEET, type TypingError } from "web_shared/protocol/typed";

export type EnterProblem = TypingError | { kind: "length"; characters: number };

/** The error in an incomplete text that more typing cannot repair; null when there is none. */
export function enterProblemSoFar(typed: string): EnterProblem | null {
  const problem = findErrorSoFar(typed, RECOVERY_SHEET);
  return problem?.kind === "long" ? ofLength(typed) : problem;
}

/** The error in a complete text; null when it can be read. */
export function enterProblemIn(typed: string): EnterProblem | null {
  const { length } = normalise(typed);
  const printed = [INVITATION, RECOVERY_SHEET].find(({ characters }) => characters === length);
  return printed ? findTypingError(typed, printed) : (enterProblemSoFar(typed) ?? ofLength(typed));
}

function ofLength(typed: string): EnterProblem {
  return { kind: "length", characters: normalise(typed).length };
}
