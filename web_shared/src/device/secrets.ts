/** What opens a vault, and what may be chosen for it. */

import { plainDigits } from "../characters";
import { LIGHT, opaque, STRONG, type Work } from "./stretch";
import type { DeviceTroubleCode, OwnerPinTroubleCode, PassphraseTroubleCode } from "./trouble";

type RuleTroubleCode = DeviceTroubleCode | OwnerPinTroubleCode | PassphraseTroubleCode;

export interface Rule {
  work: Work;
  /** What is typed, as it counts. */
  plain: (text: string) => string;
  /** What is told when it is not the one. */
  wrong: RuleTroubleCode;
  /** Why this cannot be chosen; null when it can. `names` are easily guessed here: of people, of the municipality. */
  refuse: (text: string, names: readonly string[]) => RuleTroubleCode | null;
}

/** A parent's. */
export const PIN: Rule = {
  work: LIGHT,
  plain: plainDigits,
  wrong: "pin_wrong",
  refuse: (text) => (/^\d{4,8}$/.test(text) ? null : "pin_short"),
};

/** Of a shop's owner. */
export const OWNER_PIN: Rule = { work: STRONG, plain: plainDigits, wrong: "pin_wrong", refuse: refuseOwnerPin };

/** An official's. */
export const PASSPHRASE: Rule = { work: STRONG, plain: opaque, wrong: "passphrase_wrong", refuse: refusePassphrase };

const LEAST_CHARACTERS = 12;
/** Fewer different characters than this, after all that is guessed first, are hardly more than nothing. */
const LEAST_DIFFERENT = 5;
/** A piece that is repeated counts once. */
const LEAST_PIECE = 8;
const GUESSED_FIRST = ["kindpakket", "gemeente", "wachtwoord", "wachtzin", "password", "passphrase", "welkom", "welcome"];
const ROWS = ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "azertyuiop", "asdfghjkl", "zxcvbnm"];

/** Fewer different digits than this are tried first. */
const LEAST_DIGITS = 3;
const COUNTED = ["0123456789012345", "9876543210987654"];

function refuseOwnerPin(text: string): RuleTroubleCode | null {
  if (!/^\d{6,12}$/.test(text)) return "pin_short";
  const repeated = `${text}${text}`.indexOf(text, 1) < text.length;
  const single = text.replace(/(.)\1+/g, "$1");
  const counted = COUNTED.some((row) => row.includes(single));
  return repeated || counted || new Set(text).size < LEAST_DIGITS ? "pin_weak" : null;
}

/** A password for a file follows the same rule. */
export function refusePassphrase(text: string, names: readonly string[]): PassphraseTroubleCode | null {
  const plain = opaque(text);
  if ([...plain].length < LEAST_CHARACTERS) return "passphrase_short";
  const piece = `${plain}${plain}`.indexOf(plain, 1);
  let rest = folded(plain);
  const guessed = [...GUESSED_FIRST, ...names.flatMap((name) => folded(name).split(/[^\p{L}\p{N}]+/u))];
  for (const word of guessed.filter((each) => each.length > 1)) rest = rest.replaceAll(word, " ");
  const letters = [...rest].filter((each, place, all) => isLetter(each) && !isNext(all[place - 1], each));
  return piece < LEAST_PIECE || new Set(letters).size < LEAST_DIFFERENT ? "passphrase_weak" : null;
}

/** Without capitals and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Whether it is beside the one before, in the alphabet, in counting or on a keyboard, to either side. */
function isNext(before: string | undefined, character: string): boolean {
  return before !== undefined && ROWS.some((row) => row.includes(before + character) || row.includes(character + before));
}
