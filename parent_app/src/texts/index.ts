/** The texts of the screens, in the language that the parent chose. */

import { language, pickLanguageOf, type Words as WordsOf, wordsOf } from "web_shared/texts/words";
import type { Catalogue, Key, nl } from "./nl";
import { first } from "./nl/first";

export type { Key } from "./nl";
export type Words = WordsOf<Key>;

/** The Dutch texts: those of the first screens, and the others once {@link addDutch} has them. */
const dutch = { ...first } as Catalogue;

export const LANGUAGES = [
  language<typeof nl>("nl", "Nederlands", true, async () => dutch),
  language<typeof nl>("en", "English", true, async () => (await import("./en")).en),
  language<typeof nl>("tr", "Türkçe", false, async () => (await import("./tr")).tr),
  language<typeof nl>("ar", "العربية", false, async () => (await import("./ar")).ar),
];

/** Add the texts of the screens that are loaded later; a catalogue that is in use has them too. */
export function addDutch(others: Partial<Catalogue>): void {
  Object.assign(dutch, others);
}

export function wordsIn(code: string): Promise<Words> {
  return wordsOf(LANGUAGES, code);
}

/** The parent's choice, or else the first of the browser's languages that is available. */
export function pickLanguage(chosen: string | null, browser: readonly string[]): string {
  return pickLanguageOf(LANGUAGES, chosen, browser);
}
