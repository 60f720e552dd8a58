/** The texts of the screens, in the language that the parent chose. */

import { language, pickLanguageOf, type Words as WordsOf, wordsOf } from "web_shared/texts/words";
import { type Key, nl } from "./nl";

export type { Key } from "./nl";
export type Words = WordsOf<Key>;

export const LANGUAGES = [
  language<typeof nl>("nl", "Nederlands", true, async () => nl),
  language<typeof nl>("en", "English", true, async () => (await import("./en")).en),
  language<typeof nl>("tr", "Türkçe", false, async () => (await import("./tr")).tr),
  language<typeof nl>("ar", "العربية", false, async () => (await import("./ar")).ar),
];

export function wordsIn(code: string): Promise<Words> {
  return wordsOf(LANGUAGES, code);
}

/** The parent's choice, or else the first of the browser's languages that is available. */
export function pickLanguage(chosen: string | null, browser: readonly string[]): string {
  return pickLanguageOf(LANGUAGES, chosen, browser);
}
