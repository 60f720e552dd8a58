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
