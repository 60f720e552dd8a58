/** The secrets that open a vault (PINs, passphrases) and the rules for choosing one. */

import { plainDigits } from "../characters";
import { LIGHT, opaqueString, STRONG, type Work } from "./stretch";
import type { DeviceTroubleCode, OwnerPinTroubleCode, PassphraseTroubleCode } from "./trouble";

type RuleTroubleCode = DeviceTroubleCode | OwnerPinTroubleCode | PassphraseTroubleCode;

export interface Rule {
  work: Work;
  /** Normalises what is typed. */
  plain: (text: string) => string;
  /** The trouble for a wrong secret. */
  wrong: RuleTroubleCode;
  /** Why this cannot be chosen; null when it can. `names` are guessable words: names of people, of the municipality. */
  refuse: (text: string, names: readonly string[]) => RuleTroubleCode | null;
}

/** A parent's PIN. */
export const PIN: Rule = {
  work: LIGHT,
  plain: plainDigits,
  wrong: "pin_wrong",
  refuse: (text) => (/^\d{4,8}$/.test(text) ? null : "pin_short"),
};

/** The PIN of a shop's owner. */
export const OWNER_PIN: Rule = { work: STRONG, plain: plainDigits, wrong: "pin_wrong", refuse: refuseOwnerPin };

/** An official's passphrase. */
export const PASSPHRASE: Rule = { work: STRONG, plain: opaqueString, wrong: "passphrase_wrong", refuse: refusePassphrase };

const LEAST_CHARACTERS = 12;
/** Least number of different letters and digits, without common words and sequences. */
const LEAST_DIFFERENT = 5;
/** Least period of a passphrase: one that repeats a shorter part is weak. */
const LEAST_PERIOD = 8;
const COMMON_WORDS = ["kindpakket", "gemeente", "wachtwoord", "wachtzin", "password", "passphrase", "welkom", "welcome"];
const SEQUENCES = ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "azertyuiop", "asdfghjkl", "zxcvbnm"];

/** Least number of different digits in an owner's PIN. */
const LEAST_DIGITS = 3;
const DIGIT_SEQUENCES = ["0123456789012345", "9876543210987654"];

function refuseOwnerPin(text: string): RuleTroubleCode | null {
  if (!/^\d{6,12}$/.test(text)) return "pin_short";
  const repeated = `${text}${text}`.indexOf(text, 1) < text.length;
  const single = text.replace(/(.)\1+/g, "$1");
  const sequence = DIGIT_SEQUENCES.some((row) => row.includes(single));
  return repeated || sequence || new Set(text).size < LEAST_DIGITS ? "pin_weak" : null;
}

/** Why a passphrase, or the password of a keystore, cannot be chosen; null when it can. */
export function refusePassphrase(text: string, names: readonly string[]): PassphraseTroubleCode | null {
  const plain = opaqueString(text);
  if ([...plain].length < LEAST_CHARACTERS) return "passphrase_short";
  const period = `${plain}${plain}`.indexOf(plain, 1);
  let rest = folded(plain);
  const guessable = [...COMMON_WORDS, ...names.flatMap((name) => folded(name).split(/[^\p{L}\p{N}]+/u))];
  for (const word of guessable.filter((each) => each.length > 1)) rest = rest.replaceAll(word, " ");
  const letters = [...rest].filter((each, place, all) => isLetter(each) && !isNext(all[place - 1], each));
  return period < LEAST_PERIOD || new Set(letters).size < LEAST_DIFFERENT ? "passphrase_weak" : null;
}

/** In lower case and without accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Whether two characters are neighbours in one of the sequences, in either direction. */
function isNext(before: string | undefined, character: string): boolean {
  return before !== undefined && SEQUENCES.some((row) => row.includes(before + character) || row.includes(character + before));
}
