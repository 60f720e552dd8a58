/** The texts of the page: those of the parent app, and its own. */

import { language, pickLanguageOf, type Words as WordsOf, wordsOf } from "web_shared/texts/words";
import { type Key, nl as parent } from "../../../src/texts/nl";
import { nl } from "./nl";

export type Words = WordsOf<Key | keyof typeof nl>;

const dutch = { ...parent, ...nl };

export const LANGUAGES = [
  language<typeof dutch>("nl", "Nederlands", true, async () => dutch),
  language<typeof dutch>("en", "English", true, async () => ({
    ...(await import("../../../src/texts/en")).en, ...(await import("./en")).en,
  })),
  language<typeof dutch>("tr", "Türkçe", false, async () => ({
    ...(await import("../../../src/texts/tr")).tr, ...(await import("./tr")).tr,
  })),
  language<typeof dutch>("ar", "العربية", false, async () => ({
    ...(await import("../../../src/texts/ar")).ar, ...(await import("./ar")).ar,
  })),
];

export function wordsIn(code: string): Promise<Words> {
  return wordsOf(LANGUAGES, code);
}

/** The first of the browser's languages that is available. */
export function pickLanguage(browser: readonly string[]): string {
  return pickLanguageOf(LANGUAGES, null, browser);
}
