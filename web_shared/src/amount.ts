/** An amount as it is typed: "42,5" is on its way to € 42,50, and "1.234" to € 1.234,50. */

import { plainDigits } from "./characters";

/** A point before three digits parts the thousands; before fewer it stands for the comma. */
const TYPED = /^(?:\d{1,5}(?:[.,]\d{0,2})?|[1-9]\d?\.\d{3}(?:,\d{0,2})?)?$/;

export type AmountKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "," | "." | "back";

/** What is there after a key; a key that makes no sense changes nothing. */
export function pressAmount(typed: string, key: AmountKey): string {
  if (key === "back") return typed.slice(0, -1);
  const first = key === "," || key === "." ? `0${key}` : key;
  const longer = typed === "" || typed === "0" ? first : typed + key;
  return isTyped(longer) ? longer : typed;
}

/** Whether keys lead to such a text. */
export function isTyped(text: string): boolean {
  return TYPED.test(text);
}

export function centsOf(typed: string): number {
  const [euros = "", cents = ""] = typed.replace(/\.(?=\d{3})/, "").split(/[.,]/);
  return Number(euros || "0") * 100 + Number(cents.padEnd(2, "0"));
}

/**
 * The key of the keypad that a key of the keyboard stands for.
 *
 * @param code where it is: digits are digits without Shift (AZERTY) and without NumLock
 */
export function amountKeyOf(key: string, code = ""): AmountKey | null {
  const plain = plainDigits(key);
  const digit = /^\d$/.test(plain) ? plain : /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit as AmountKey;
  if (key === ".") return key;
  if (/^[,\u060c\u066b]$/.test(key)) return ",";
  return key === "Backspace" ? "back" : null;
}
