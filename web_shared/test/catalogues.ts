/** Compares the catalogues of texts of the apps. */

import type { Entry } from "../src/texts/texts";

/** Differences between a language's catalogue and the Dutch one. */
export function mistakesIn(
  language: string,
  catalogue: Readonly<Record<string, Entry>>,
  dutch: Readonly<Record<string, Entry>>,
): string[] {
  const mistakes = Object.keys(catalogue)
    .filter((key) => !Object.hasOwn(dutch, key))
    .map((key) => `${key}: not in Dutch`);
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  for (const [key, original] of Object.entries(dutch)) {
    const entry = catalogue[key];
    if (entry === undefined || (typeof entry === "string") !== (typeof original === "string")) {
      mistakes.push(`${key}: missing, or with a plural on one side only`);
      continue;
    }
    const needed = places(original);
    const forms = typeof entry === "string" ? [entry] : Object.values(entry);
    if (forms.some((text) => text.trim() === "")) mistakes.push(`${key}: empty`);
    // A single plural form may lack a placeholder ("one" without a digit); all forms together may not.
    if (places(entry).join() !== needed.join()) mistakes.push(`${key}: needs ${needed.join()}`);
    if (typeof entry !== "string") {
      const lacking = pluralCategories.filter((form) => entry[form] === undefined);
      if (lacking.length > 0) mistakes.push(`${key}: no ${lacking.join()}`);
    }
  }
  return mistakes;
}

function places(entry: Entry): string[] {
  const texts = typeof entry === "string" ? entry : Object.values(entry).join(" ");
  return [...new Set(texts.match(/\{\w+\}/g))].sort();
}
