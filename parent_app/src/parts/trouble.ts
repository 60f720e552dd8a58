/** Texts of errors. */

import type { View } from "../core/state";
import type { TroubleCode } from "../core/trouble";
import type { Key, Words } from "../texts";

/** An amount with the longest text, in cents. */
const LONGEST_AMOUNT = 9_999_999;

/** The text of the current error; empty when there is none. */
export function sayTrouble({ trouble, screen }: View, words: Words): string {
  if (trouble === null) return "";
  // The shop can see this screen, and must not learn what is left.
  if (trouble.code === "amount_too_high" && screen === "code") return words.say("code_too_high");
  return say(trouble.code, trouble.most, words);
}

/** The texts of these errors at their longest, to reserve room for them. */
export function sayTroubles(codes: readonly TroubleCode[], words: Words): string[] {
  return codes.map((code) => say(code, LONGEST_AMOUNT, words));
}

function say(code: TroubleCode, most: number, words: Words): string {
  if (code === "amount_too_high") return words.say("too_high", { amount: words.euros(most) });
  return words.say(`trouble_${code}` as Key);
}
