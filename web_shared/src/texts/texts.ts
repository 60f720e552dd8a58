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
