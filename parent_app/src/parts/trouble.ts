/** What went wrong, in one sentence. */

import type { View } from "../core/state";
import type { TroubleCode } from "../core/trouble";
import type { Key, Words } from "../texts";

const MUCH = 9_999_999;

/** Empty when nothing did. */
export function sayTrouble({ trouble, screen }: View, words: Words): string {
  if (trouble === null) return "";
  // The shop looks along at a code, and need not know what is left.
  if (trouble.code === "amount_too_high" && screen === "code") return words.say("code_too_high");
  return say(trouble.code, trouble.most, words);
}

/** What may come to be said; so long that no other amount takes more room. */
export function sayTroubles(codes: readonly TroubleCode[], words: Words): string[] {
  return codes.map((code) => say(code, MUCH, words));
}

function say(code: TroubleCode, most: number, words: Words): string {
  if (code === "amount_too_high") return words.say("too_high", { amount: words.euros(most) });
  return words.say(`trouble_${code}` as Key);
}
