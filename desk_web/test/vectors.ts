/** The test vectors, shared with the tests of Python. */

import { readFileSync } from "node:fs";

export function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(`${import.meta.dirname}/../../tests/vectors/${name}.json`, "utf8")) as T[];
}
