/** The closed set of reasons for a no (RFC 9457), and how each reads. */

import refusals from "./refusals.json";
import type { components } from "./schema";

/** A reason; clients may rely on its spelling. */
export type RefusalCode = keyof (typeof refusals)["nl"];

export const REFUSAL_CODES = Object.keys(refusals.nl) as RefusalCode[];

export type Problem = Omit<components["schemas"]["Problem"], "code"> & { code: RefusalCode };

/** The server said no. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly problem: Problem) {
    super(problem.code);
  }

  get code(): RefusalCode {
    return this.problem.code;
  }

  /** Whether the rules said no. After any other problem the same act may still be carried out. */
  get final(): boolean {
    return this.problem.status === 409;
  }
}

/** No answer, or none of the server's. It says nothing about whether an act was carried out. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(options?: ErrorOptions) {
    super("the server did not answer", options);
  }
}

/** What was refused and what to do next, when the server's own words are not at hand. */
export function refusalWords(code: RefusalCode, language: string): { title: string; hint: string } {
  const [title, hint] = refusals[language === "nl" ? "nl" : "en"][code] as [string, string];
  return { title, hint };
}

/** Read a problem; a code that this version does not know is a `server_error`. Null when it is none. */
export function readProblem(answer: unknown, status: number): Problem | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { code, title, detail } = answer as Partial<Problem>;
  if (typeof code !== "string" || typeof title !== "string") return null;
  const known = REFUSAL_CODES.includes(code) ? code : "server_error";
  return { ...(answer as Problem), code: known, detail: detail ?? "", status };
}
