/** Bytes, hex and big-endian integers. */

import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

export { concatBytes };

/** 0x and an even number of hex digits; this module writes lower case. */
export type Hex = `0x${string}`;

/** 20 bytes: the address of a coupon, a till, an official or the contract. */
export type Address = Hex;

/** 32 bytes: the id of a message. */
export type Hash = Hex;

export const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;

export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** @throws RangeError when it is not 0x-hex, or not of `length` bytes. */
export function fromHex(hex: string, length?: number): Uint8Array {
  if (!/^0x([0-9a-f]{2})*$/i.test(hex)) throw new RangeError("not 0x-hex");
  const bytes = hexToBytes(hex.slice(2));
  if (length !== undefined && bytes.length !== length) {
    throw new RangeError(`expected ${length} bytes`);
  }
  return bytes;
}

/**
 * An unsigned integer as big-endian bytes.
 *
 * @throws RangeError when it is negative, not an integer, or too large for `length` bytes or a JSON number.
 */
export function uint(value: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || BigInt(value) >> BigInt(8 * length) !== 0n) {
    throw new RangeError(`${value} is not an unsigned integer of ${length} bytes`);
  }
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let place = length - 1; rest > 0; place--) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Read a big-endian unsigned integer of at most six bytes. */
export function readUint(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}
