/** A partly typed amount, as "42,5" before "42,50", or "1.234" before "1.234,50". */

import { plainDigits } from "./characters";

/** A point before three digits separates thousands; before fewer digits it is the decimal separator. */
const TYPED = /^(?:\d{1,5}(?:[.,]\d{0,2})?|[1-9]\d?\.\d{3}(?:,\d{0,2})?)?$/;

export type AmountKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "," | "." | "back";

/** The text after a key press; a key that would make it invalid is ignored. */
export function pressAmount(typed: string, key: AmountKey): string {
  if (key === "back") return typed.slice(0, -1);
  const first = key === "," || key === "." ? `0${key}` : key;
  const longer = typed === "" || typed === "0" ? first : typed + key;
  return isTyped(longer) ? longer : typed;
}

/** Whether this is an amount or the beginning of one. */
export function isTyped(text: string): boolean {
  return TYPED.test(text);
}

export function centsOf(typed: string): number {
  const [euros = "", cents = ""] = typed.replace(/\.(?=\d{3})/, "").split(/[.,]/);
  return Number(euros || "0") * 100 + Number(cents.padEnd(2, "0"));
}

/**
 * The keypad key for a `KeyboardEvent`; null when there is none.
 *
 * @param code the physical key: digit keys also count without Shift (AZERTY) or NumLock
 */
export function amountKeyOf(key: string, code = ""): AmountKey | null {
  const plain = plainDigits(key);
  const digit = /^\d$/.test(plain) ? plain : /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit as AmountKey;
  if (key === ".") return key;
  if (/^[,\u060c\u066b]$/.test(key)) return ",";
  return key === "Backspace" ? "back" : null;
}
