/** The texts of the screens of selling and the office, in Dutch and English. */

import { language, pickLanguageOf, type Words as WordsOf, wordsOf } from "web_shared/texts/words";
import { nl as office } from "./office/nl";
import { nl as selling } from "./selling/nl";

export const nl = { ...selling, ...office };

export type Key = keyof typeof nl;
export type Words = WordsOf<Key>;

export const LANGUAGES = [
  language<typeof nl>("nl", "Nederlands", true, async () => nl),
  language<typeof nl>("en", "English", true, async () => {
    const [{ en: sold }, { en: kept }] = await Promise.all([import("./selling/en"), import("./office/en")]);
    return { ...sold, ...kept };
  }),
];

export function wordsIn(code: string): Promise<Words> {
  return wordsOf(LANGUAGES, code);
}

/** The shop's choice, or else the first of the browser's languages that is available. */
export function pickLanguage(chosen: string | null, browser: readonly string[]): string {
  return pickLanguageOf(LANGUAGES, chosen, browser);
}
