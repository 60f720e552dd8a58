/** The closed set of refusals, which are problems by RFC 9457. */

import codes from "./refusal_codes.json";
import type refusals from "./refusals.json";
import type { components } from "./schema";

/** Code of a refusal; its spelling is part of the API. */
export type RefusalCode = keyof (typeof refusals)["nl"];

export const REFUSAL_CODES = codes as RefusalCode[];

export type Problem = Omit<components["schemas"]["Problem"], "code"> & { code: RefusalCode };

/** The server refused the request. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly problem: Problem) {
    super(problem.code);
  }

  get code(): RefusalCode {
    return this.problem.code;
  }

  /** Whether the rules refused the act. After any other problem the same act may still be carried out. */
  get final(): boolean {
    return this.problem.status === 409;
  }
}

/** There was no answer, or none of the server. Whether an act was carried out is unknown. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(options?: ErrorOptions) {
    super("the server did not answer", options);
  }
}

/** Parse a problem; a code that is unknown to this version becomes `server_error`. Null when it is no problem. */
export function readProblem(answer: unknown, status: number): Problem | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { code, title, detail } = answer as Partial<Problem>;
  if (typeof code !== "string" || typeof title !== "string") return null;
  const known = REFUSAL_CODES.includes(code) ? code : "server_error";
  return { ...(answer as Problem), code: known, detail: detail ?? "", status };
}
