/** The letter: sixteen secret bytes for one scheme, and the 36 characters a person reads. */

import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, readUint, uint } from "./bytes";

/** A letter holds at most this many coupons, numbered from 0. */
export const MAX_COUPONS = 32;

export const LETTER_CHARACTERS = 36;

const VERSION = 1;
const QR_PREFIX = "#KL1.";
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SEPARATORS = /[ \t\n\v\f\r-]/g;

/** The secret is as good as cash: it is kept from logs and from every server. */
export interface Letter {
  readonly scheme: number;
  readonly secret: Uint8Array;
}

/** What is wrong, in the order in which a person would correct it. */
export type LetterProblem =
  | { readonly kind: "characters"; readonly wrong: readonly string[] }
  | { readonly kind: "length"; readonly characters: number }
  | { readonly kind: "check" };

export class LetterUnreadable extends Error {
  constructor(readonly problem: LetterProblem) {
    super(`not the text of a letter: ${problem.kind}`);
    this.name = "LetterUnreadable";
  }
}

/** The 36 characters, without dashes. */
export function letterText(letter: Letter): string {
  const body = concatBytes(Uint8Array.of(VERSION), uint(letter.scheme, 2), letter.secret);
  return encode(concatBytes(body, check(body)));
}

/** As printed: groups of four with dashes; also of a text that is still being typed. */
export function groupLetterText(text: string): string {
  return plainText(text).replace(/.{4}(?=.)/g, "$&-");
}

/** What is typed as it counts: without separators, in upper case, O as 0, I and L as 1. */
export function plainText(text: string): string {
  // Only a to z: Unicode has letters whose upper case is ASCII (ı, ſ), and they are mistakes.
  const upper = text.replace(SEPARATORS, "").replace(/[a-z]/g, (letter) => letter.toUpperCase());
  return upper.replaceAll("O", "0").replace(/[IL]/g, "1");
}

/** @throws LetterUnreadable */
export function readLetter(text: string): Letter {
  const plain = plainText(text);
  const characters = [...plain];
  const wrong = characters.filter((character) => !ALPHABET.includes(character));
  if (wrong.length > 0) throw new LetterUnreadable({ kind: "characters", wrong });
  if (characters.length !== LETTER_CHARACTERS) {
    throw new LetterUnreadable({ kind: "length", characters: characters.length });
  }
  const bytes = decode(plain);
  const body = bytes.subarray(0, 19);
  const scheme = readUint(body.subarray(1, 3));
  const good = body[0] === VERSION && scheme !== 0 && equalBytes(bytes.subarray(19), check(body));
  // Spelling it again shows whether the four bits of padding are zero.
  if (!good || encode(bytes) !== plain) throw new LetterUnreadable({ kind: "check" });
  return { scheme, secret: body.slice(3) };
}

/**
 * Read the address in a letter's QR, or what follows `#` in the address bar.
 *
 * @throws LetterUnreadable
 */
export function readLetterLink(link: string): Letter {
  const start = link.indexOf(QR_PREFIX);
  if (start === -1) throw new LetterUnreadable({ kind: "characters", wrong: [] });
  return readLetter(link.slice(start + QR_PREFIX.length));
}

/** The address in a letter's QR; what follows `#` never reaches a server. */
export function letterLink(letter: Letter, appAddress: string): string {
  return `${appAddress.replace(/\/+$/, "")}/${QR_PREFIX}${letterText(letter)}`;
}

function check(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, 3);
}

function encode(bytes: Uint8Array): string {
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
