/** Crockford's base32 with a checksum, for what people type: encoding is canonical, decoding is tolerant. */

import { sha256 } from "@noble/hashes/sha2.js";
import { plainDigits } from "../characters";
import { concatBytes, equalBytes } from "./bytes";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const CHECK_BYTES = 3;
const SEPARATORS = /[ \t\n\v\f\r-]/g;

/** Why a text cannot be decoded, in the order of the checks. */
export type TextProblem =
  | { readonly kind: "characters"; readonly wrong: readonly string[] }
  | { readonly kind: "length"; readonly characters: number }
  | { readonly kind: "check" };

export class TextUnreadable extends Error {
  override readonly name = "TextUnreadable";

  constructor(readonly problem: TextProblem) {
    super(`the text cannot be decoded: ${problem.kind}`);
  }
}

/** Encode bytes followed by a checksum, the first three bytes of their SHA-256. */
export function encodeChecked(body: Uint8Array): string {
  return encodeBase32(concatBytes(body, check(body)));
}

/**
 * Decode {@link encodeChecked} of `length` bytes, of which the first is the version.
 *
 * @throws TextUnreadable
 */
export function decodeChecked(text: string, length: number, version: number): Uint8Array {
  const plain = normaliseValid(text, characters(length + CHECK_BYTES));
  const bytes = decode(plain);
  const body = bytes.slice(0, length);
  const good = body[0] === version && equalBytes(bytes.subarray(length), check(body));
  // Encoding it again detects padding bits that are not zero.
  if (!good || encodeBase32(bytes) !== plain) throw new TextUnreadable({ kind: "check" });
  return body;
}

/**
 * Normalise a text, and check its alphabet and length.
 *
 * @throws TextUnreadable
 */
export function normaliseValid(text: string, length: number): string {
  const plain = normalise(text);
  const all = [...plain];
  const wrong = all.filter((character) => !ALPHABET.includes(character));
  if (wrong.length > 0) throw new TextUnreadable({ kind: "characters", wrong });
  if (all.length !== length) throw new TextUnreadable({ kind: "length", characters: all.length });
  return plain;
}

/** Normalise a text: no separators, digits of every script as 0 to 9, upper case, O as 0, I and L as 1. */
export function normalise(text: string): string {
  // Only a to z: other letters whose upper case is ASCII (ı, ſ) are errors.
  const upper = plainDigits(text.replace(SEPARATORS, "")).replace(/[a-z]/g, (letter) => letter.toUpperCase());
  return upper.replaceAll("O", "0").replace(/[IL]/g, "1");
}

/** Normalised, in groups with dashes; also for an incomplete text. */
export function groupText(text: string, size = 4): string {
  return normalise(text).replace(new RegExp(`.{${size}}(?=.)`, "g"), "$&-");
}

export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
    value &= 31;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

function decode(text: string): Uint8Array {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const character of text) {
    value = ((value & 255) << 5) | ALPHABET.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}

function check(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, CHECK_BYTES);
}

function characters(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}
