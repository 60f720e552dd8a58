/** Text search in a list. */

import { plainDigits } from "./characters";

/** Whether the text contains all these words, regardless of accents and case. */
export function matches(text: string, words: string): boolean {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  return wanted.every((word) => plain(text).includes(word));
}

function plain(text: string): string {
  return plainDigits(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Words of fewer letters have to be right; one mistake is forgiven for each this many. */
const LETTERS_A_MISTAKE = 4;

/** Whether the text has a word that begins like each of these words, but for a few typing mistakes: `fietz`. */
export function nearlyMatches(text: string, words: string): boolean {
  const there = plain(text).split(/[^\p{L}\p{N}]+/u);
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  return wanted.every((word) => there.some((each) => mistakesAt(each, word) <= word.length / LETTERS_A_MISTAKE));
}

/**
 * The least mistakes in a typed word as the beginning of another: a letter too many, missing, wrong, or two that
 * changed places (optimal string alignment distance).
 */
function mistakesAt(word: string, typed: string): number {
  let [before, row] = [[] as number[], Array.from({ length: word.length + 1 }, (_, at) => at)];
  for (let i = 0; i < typed.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < word.length; j += 1) {
      const wrong = row[j]! + (typed[i] === word[j] ? 0 : 1);
      const swapped = typed[i] === word[j - 1] && typed[i - 1] === word[j] ? before[j - 1]! + 1 : Infinity;
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, wrong, swapped));
    }
    [before, row] = [row, next];
  }
  return Math.min(...row);
}
