/** Canonical spelling and validation of bank accounts. */

import lengths from "../api/iban_lengths.json";
import { plainDigits, stripInvisible } from "../characters";

export const LONGEST_HOLDER = 70;

/** Why a text is not a valid IBAN. */
export type IbanMistake = "empty" | "characters" | "country" | "short" | "long" | "digits";

/** White space as defined by Python's `str.isspace`. */
const SPACES = /[\s\x1c-\x1f\x85]+/gu;

/** An IBAN without separators, digits of every script as 0 to 9, a to z in upper case. */
export function compactIban(text: string): string {
  return plainDigits(stripInvisible(text))
    .replace(SPACES, "")
    .replace(/[.\u2010-\u2015\u2212-]/g, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** A name without invisible characters, with single spaces, trimmed, in NFC. */
export function tidyHolder(text: string): string {
  return stripInvisible(text)
    .replace(SPACES, " ")
    .replace(/^ | $/g, "")
    .normalize("NFC");
}

/** Validate a compact IBAN (ISO 13616, countries of SEPA); null when it is valid. */
export function mistakeInIban(iban: string): IbanMistake | null {
  if (iban === "") {
    return "empty";
  }
  if (!/^[A-Z0-9]+$/.test(iban)) {
    return "characters";
  }
  const length = (lengths as Record<string, number>)[iban.slice(0, 2)];
  if (length === undefined) {
    return iban.length < 2 ? "short" : "country";
  }
  if (iban.length !== length) {
    return iban.length < length ? "short" : "long";
  }
  return mod97(iban.slice(4) + iban.slice(0, 4)) === 1 ? null : "digits";
}

/** Whether a tidy name can be that of a holder; the server also checks it against the SEPA character set. */
export function isHolder(name: string): boolean {
  return /[\p{L}\p{N}]/u.test(name) && [...name].length <= LONGEST_HOLDER;
}

/** Remainder modulo 97, with letters as 10 to 35 (ISO 7064). */
function mod97(digits: string): number {
  return [...digits].reduce((left, each) => {
    const value = Number.parseInt(each, 36);
    return (left * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);
}
