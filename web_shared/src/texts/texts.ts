/**
 * Catalogues of texts. Each app has one catalogue for each language; the Dutch one is the reference: it defines the
 * keys and the values that a text needs.
 *
 * `{name}` is a placeholder. A text that depends on a number has a form for each plural category of its language,
 * selected by `{count}`: `{one: "nog {count} teken", other: "nog {count} tekens"}`.
 */

/** One text for each plural category of a language (CLDR); every language has `other`. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

export type Entry = string | Plural;

/** The type of a translation of a Dutch catalogue, which is declared `as const`. */
export type CatalogueOf<Dutch> = {
  readonly [K in keyof Dutch]: Dutch[K] extends string ? string : Plural;
};

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type NamesOf<E> = E extends { readonly other: infer Text } ? Names<Text> | "count" : Names<E>;
type ValuesOf<E> = {
  readonly [N in NamesOf<E>]: N extends "count" ? number : string | number;
};

/** Returns the text of a key, with its placeholders replaced. */
export type Say<Dutch> = <K extends keyof Dutch>(
  key: K,
  ...values: [NamesOf<Dutch[K]>] extends [never] ? [] : [ValuesOf<Dutch[K]>]
) => string;

/** The texts of a language. */
export function speak<Dutch>(language: string, catalogue: CatalogueOf<Dutch>): Say<Dutch> {
  const plurals = new Intl.PluralRules(language);
  return (key, ...[values]) => {
    const known = (values ?? {}) as Record<string, string | number>;
    const entry: Entry = catalogue[key];
    const text =
      typeof entry === "string"
        ? entry
        : (entry[plurals.select(Number(known["count"]))] ?? entry.other);
    return text.replace(/\{(\w+)\}/g, (place, name: string) => String(known[name] ?? place));
  };
}

/** Differences between a language's catalogue and the Dutch one; for tests. */
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
