/** Derivation of coupon keys from a letter's secret. */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Address, concatBytes, uint } from "./bytes";
import { type Letter, MAX_COUPONS } from "./letters";
import { addressOf, bytes32, type Key, number, ORDER } from "./signatures";

const encoder = new TextEncoder();
const SALT = encoder.encode("kindpakket/v1");

/**
 * The key of one coupon of a letter (HKDF-SHA256, RFC 5869).
 *
 * @param generation 0 to 255; goes up by one at each move to fresh keys.
 * @param index 0 to 31.
 * @throws RangeError when the generation or index is out of range.
 */
export function couponKey(letter: Letter, generation: number, index: number): Key {
  if (index >= MAX_COUPONS) throw new RangeError("the coupon's index is out of range");
  const info = concatBytes(
    encoder.encode("coupon"),
    uint(letter.scheme, 2),
    uint(generation, 1),
    uint(index, 2),
  );
  const okm = hkdf(sha256, letter.secret, SALT, info, 48);
  return bytes32(1n + (number(okm) % (ORDER - 1n)));
}

/** The address of one coupon of a letter. */
export function couponAddress(letter: Letter, generation: number, index: number): Address {
  return addressOf(couponKey(letter, generation, index));
}
