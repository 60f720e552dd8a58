/** The words on the screens, in the language that the parent chose. */

import { formatEuros } from "web_shared/money";
import { direction } from "web_shared/texts/languages";
import { speak } from "web_shared/texts/texts";
import { type Catalogue, type Key, nl } from "./nl";

export type { Key } from "./nl";

export interface Language {
  code: string;
  /** As its speakers write it. */
  name: string;
  direction: "ltr" | "rtl";
  /** False until a speaker has read it; the app says so. */
  reviewed: boolean;
  load: () => Promise<Catalogue>;
}

const LEFT_TO_RIGHT = "\u2066";
const AS_BEFORE = "\u2069";

export const LANGUAGES: readonly Language[] = [
  language("nl", "Nederlands", true, async () => nl),
  language("en", "English", true, async () => (await import("./en")).en),
  language("tr", "Türkçe", false, async () => (await import("./tr")).tr),
  language("ar", "العربية", false, async () => (await import("./ar")).ar),
];

export interface Words {
  language: Language;
  say: (key: Key, values?: Record<string, string | number>) => string;
  /** An amount in cents, in one piece also among words that run from right to left. */
  euros: (cents: number) => string;
}

export const DUTCH: Words = wordsOf(LANGUAGES[0]!, nl);

export async function wordsIn(code: string): Promise<Words> {
  const found = LANGUAGES.find((each) => each.code === code) ?? LANGUAGES[0]!;
  return wordsOf(found, await found.load());
}

/** The parent's choice, else the first of the browser's languages that we have. */
export function pickLanguage(chosen: string | null, browser: readonly string[]): string {
  const wanted = [...(chosen ? [chosen] : []), ...browser.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find((code) => LANGUAGES.some((each) => each.code === code)) ?? "nl";
}

function wordsOf(found: Language, catalogue: Catalogue): Words {
  const [before, after] = found.direction === "rtl" ? [LEFT_TO_RIGHT, AS_BEFORE] : ["", ""];
  return {
    language: found,
    say: speak(found.code, catalogue) as Words["say"],
    euros: (cents) => before + formatEuros(cents) + after,
  };
}

function language(code: string, name: string, reviewed: boolean, load: Language["load"]): Language {
  return { code, name, direction: direction(code), reviewed, load };
}
