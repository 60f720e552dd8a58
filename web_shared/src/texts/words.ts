/** Languages, and the texts of an app in the language that its user chose. */

import { formatEuros } from "../money";
import { loadChunk } from "../device/chunks";
import { type CatalogueOf, speak } from "./texts";

export interface Language<Dutch = unknown> {
  code: string;
  /** In the language itself. */
  name: string;
  direction: "ltr" | "rtl";
  /** Whether a native speaker has reviewed it; the app shows a note when not. */
  reviewed: boolean;
  load: () => Promise<CatalogueOf<Dutch>>;
}

export interface Words<Key extends string = string> {
  language: Pick<Language, "code" | "direction" | "reviewed">;
  say: (key: Key, values?: Record<string, string | number>) => string;
  /** Format an amount in cents; isolated (bidi) in right-to-left texts. */
  euros: (cents: number) => string;
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);
const LEFT_TO_RIGHT_ISOLATE = "\u2066";
const POP_ISOLATE = "\u2069";

export function language<Dutch>(
  code: string,
  name: string,
  reviewed: boolean,
  load: () => Promise<CatalogueOf<Dutch>>,
): Language<Dutch> {
  return { code, name, direction: RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr", reviewed, load };
}

/** @param languages the first is Dutch, the fallback for unknown codes */
export async function wordsOf<Dutch>(
  languages: readonly Language<Dutch>[],
  code: string,
): Promise<Words<keyof Dutch & string>> {
  const found = languages.find((each) => each.code === code) ?? languages[0]!;
  const [before, after] = found.direction === "rtl" ? [LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE] : ["", ""];
  return {
    language: found,
    say: speak<Dutch>(found.code, await loadChunk(found.load)) as Words<keyof Dutch & string>["say"],
    euros: (cents) => before + formatEuros(cents) + after,
  };
}

/** The chosen language, or else the first of the browser's languages that is available, or else Dutch. */
export function pickLanguageOf(
  languages: readonly Pick<Language, "code">[],
  chosen: string | null,
  browser: readonly string[],
): string {
  const wanted = [...(chosen ? [chosen] : []), ...browser.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find((code) => languages.some((each) => each.code === code)) ?? "nl";
}
