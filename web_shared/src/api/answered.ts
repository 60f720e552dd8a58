/** Tell apart the rules' no, a server in trouble, and no server at all. */

import { Trouble } from "../device/trouble";
import { Refused, Unreachable } from "./problems";

/** @throws Trouble `offline` or `server`; Refused when the rules said no. */
export async function answered<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Unreachable) throw new Trouble("offline");
    if (error instanceof Refused && error.problem.status >= 500) throw new Trouble("server");
    throw error;
  }
}
