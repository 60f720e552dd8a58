/** An amount as it is tapped on the keypad: "42,5" is on its way to € 42,50. */

import { plainDigits } from "./characters";

const MOST_EUROS_DIGITS = 5;

export type AmountKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "," | "back";

/** What is there after a key; a key that makes no sense changes nothing. */
export function pressAmount(typed: string, key: AmountKey): string {
  if (key === "back") return typed.slice(0, -1);
  const [euros = "", cents] = typed.split(",");
  if (key === ",") return cents === undefined ? `${euros || "0"},` : typed;
  if (cents !== undefined) return cents.length < 2 ? typed + key : typed;
  if (euros === "0") return key;
  return euros.length < MOST_EUROS_DIGITS ? typed + key : typed;
}

export function centsOf(typed: string): number {
  const [euros = "", cents = ""] = typed.split(",");
  return Number(euros || "0") * 100 + Number(cents.padEnd(2, "0"));
}

/** The key of the keypad that a key of the keyboard stands for. */
export function amountKeyOf(key: string): AmountKey | null {
  const plain = plainDigits(key);
  if (/^\d$/.test(plain)) return plain as AmountKey;
  if (/^[.,\u060c\u066b]$/.test(key)) return ",";
  return key === "Backspace" ? "back" : null;
}
