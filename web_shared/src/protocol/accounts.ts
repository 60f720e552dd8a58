/** The one spelling of a bank account that is signed, and what is wrong with one that is typed. */

import lengths from "../api/iban_lengths.json";
import { plainDigits, shown } from "../characters";

export const LONGEST_HOLDER = 70;

/** What keeps an account from being one. */
export type IbanMistake = "empty" | "characters" | "country" | "short" | "long" | "digits";

/** White space of any kind, as Python has it. */
const SPACES = /[\s\x1c-\x1f\x85]+/gu;

/** An account without what people write between its digits, which are 0 to 9, its letters from a to z as capitals. */
export function compactIban(text: string): string {
  return plainDigits(shown(text))
    .replace(SPACES, "")
    .replace(/[.\u2010-\u2015\u2212-]/g, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** A name in one line: what shows nothing dropped, single spaces, none at its ends, NFC. */
export function tidyHolder(text: string): string {
  return shown(text)
    .replace(SPACES, " ")
    .replace(/^ | $/g, "")
    .normalize("NFC");
}

/** What is wrong with a compact account; null when nothing is (ISO 13616, in SEPA). */
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
  return remainder(iban.slice(4) + iban.slice(0, 4)) === 1 ? null : "digits";
}

/** Whether a tidy name can be that of a holder; the server also asks whether banks can write it. */
export function isHolder(name: string): boolean {
  return /[\p{L}\p{N}]/u.test(name) && [...name].length <= LONGEST_HOLDER;
}

/** What is left of a number modulo 97, its letters read as 10 to 35. */
function remainder(digits: string): number {
  return [...digits].reduce((left, each) => {
    const value = Number.parseInt(each, 36);
    return (left * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);
}
