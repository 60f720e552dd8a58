/** The texts of the scripts, in the language of the page. */

import { language, type Words as WordsOf, wordsOf } from "web_shared/texts/words";
import type { nl } from "./nl";

export type Key = keyof typeof nl;
export type Words = WordsOf<Key>;

export const LANGUAGES = [
  language<typeof nl>("nl", "Nederlands", true, async () => (await import("./nl")).nl),
  language<typeof nl>("en", "English", true, async () => (await import("./en")).en),
];

export function wordsIn(code: string): Promise<Words> {
  return wordsOf(LANGUAGES, code);
}
