/** The test vectors, shared with the tests of Python and Solidity. */

import { readFileSync } from "node:fs";
import { fromHex } from "../src/protocol/bytes";

export function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(`${import.meta.dirname}/../../tests/vectors/${name}.json`, "utf8"));
}

export const raw = fromHex;
