/** Finding something in a list by what somebody remembers of it. */

import { plainDigits } from "./characters";

/** Whether all these words are in the text, whatever their accents and capitals. */
export function matches(text: string, words: string): boolean {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  return wanted.every((word) => plain(text).includes(word));
}

function plain(text: string): string {
  return plainDigits(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
