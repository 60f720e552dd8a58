/** Translates errors of the API client, so that refusals, server errors and network errors can be told apart. */

import { Trouble } from "../device/trouble";
import { type RefusalCode, Refused, Unreachable } from "./problems";

const BUSY: RefusalCode[] = ["rate_limited", "server_busy"];

/** @throws Trouble `offline`, `busy` or `server`; Refused when the rules refused the request. */
export async function mapErrors<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Unreachable) throw new Trouble("offline");
    if (error instanceof Refused && BUSY.includes(error.code)) throw new Trouble("busy");
    if (error instanceof Refused && error.problem.status >= 500) throw new Trouble("server");
    throw error;
  }
}
