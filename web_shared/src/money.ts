/** Amounts of money in whole cents. */

import { plainDigits, stripInvisible } from "./characters";

/** The largest amount in a message: a uint32. */
export const MAX_CENTS = 2 ** 32 - 1;

/** Points may separate thousands only when cents follow: `1.234` alone is ambiguous. */
const EUROS = /^(?:€\s*)?(?:(\d{1,8})(?:[.,](\d{2}))?|(\d{1,3}(?:\.\d{3}){1,2}),(\d{2}))$/;
const ARABIC_THOUSANDS = /(?<=\d)\u066c(?=\d{3}(?!\d))/g;
const ARABIC_COMMAS = /[\u060c\u066b]/g;
const NO_BREAK_SPACE = "\u00a0";

/**
 * Format an amount in cents by Dutch conventions: `€ 1.234,50`.
 *
 * @throws RangeError when it is not a whole number
 */
export function formatEuros(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is not a whole number of cents`);
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const euros = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ".");
  return `€${NO_BREAK_SPACE}${cents < 0 ? "-" : ""}${euros},${digits.slice(-2)}`;
}

/** Parse `42`, `42,50`, `42.50`, `€ 1.234,50` or `٤٢٫٥٠` to cents; null when invalid, zero or too large. */
export function parseEuros(text: string): number | null {
  const plain = plainDigits(stripInvisible(text)).replace(ARABIC_THOUSANDS, "").replace(ARABIC_COMMAS, ",");
  const match = EUROS.exec(plain.trim());
  if (match === null) return null;
  const [, euros = "", cents = "", grouped = "", after = ""] = match;
  const whole = Number(euros + grouped.replaceAll(".", "")) * 100 + Number(cents + after);
  return whole > 0 && whole <= MAX_CENTS ? whole : null;
}
