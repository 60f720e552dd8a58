/** The words on an app's screens, in the language that its user chose. */

import { formatEuros } from "../money";
import { piece } from "../device/pieces";
import { type CatalogueOf, speak } from "./texts";

export interface Language<Dutch = unknown> {
  code: string;
  /** As its speakers write it. */
  name: string;
  direction: "ltr" | "rtl";
  /** False until a speaker has read it; the app says so. */
  reviewed: boolean;
  load: () => Promise<CatalogueOf<Dutch>>;
}

export interface Words<Key extends string = string> {
  language: Pick<Language, "code" | "direction" | "reviewed">;
  say: (key: Key, values?: Record<string, string | number>) => string;
  /** An amount in cents, in one piece also among words that run from right to left. */
  euros: (cents: number) => string;
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);
const LEFT_TO_RIGHT = "\u2066";
const AS_BEFORE = "\u2069";

export function language<Dutch>(
  code: string,
  name: string,
  reviewed: boolean,
  load: () => Promise<CatalogueOf<Dutch>>,
): Language<Dutch> {
  return { code, name, direction: RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr", reviewed, load };
}

/** @param languages the first is Dutch, and stands in for what is not there */
export async function wordsOf<Dutch>(
  languages: readonly Language<Dutch>[],
  code: string,
): Promise<Words<keyof Dutch & string>> {
  const found = languages.find((each) => each.code === code) ?? languages[0]!;
  const [before, after] = found.direction === "rtl" ? [LEFT_TO_RIGHT, AS_BEFORE] : ["", ""];
  return {
    language: found,
    say: speak<Dutch>(found.code, await piece(found.load)) as Words<keyof Dutch & string>["say"],
    euros: (cents) => before + formatEuros(cents) + after,
  };
}

/** What was chosen, else the first of the browser's languages that there is. */
export function pickLanguageOf(
  languages: readonly Pick<Language, "code">[],
  chosen: string | null,
  browser: readonly string[],
): string {
  const wanted = [...(chosen ? [chosen] : []), ...browser.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find((code) => languages.some((each) => each.code === code)) ?? "nl";
}
