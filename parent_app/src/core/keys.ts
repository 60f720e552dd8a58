/** A letter's coupon keys, concatenated so that they are sealed together. */

import type { Key } from "web_shared/protocol/signatures";
import type { Letter } from "./model";
import type { Vault } from "web_shared/device/vault";

const KEY_BYTES = 32;

export function joinKeys(keys: readonly Key[]): Uint8Array {
  const joined = new Uint8Array(keys.length * KEY_BYTES);
  keys.forEach((key, place) => joined.set(key, place * KEY_BYTES));
  return joined;
}

/** The keys in bytes that were joined; they share these bytes. */
export function splitKeys(joined: Uint8Array, count: number): Key[] {
  return Array.from({ length: count }, (_, place) => joined.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES));
}

/** Call a function with a letter's keys, in the order of its coupons, and wipe them. */
export async function withKeys<T>(
  vault: Vault,
  letter: Letter,
  work: (keys: Key[]) => T | Promise<T>,
): Promise<T> {
  const joined = await vault.unseal(letter.keys);
  const keys = splitKeys(joined, letter.coupons.length);
  try {
    return await work(keys);
  } finally {
    joined.fill(0);
  }
}
