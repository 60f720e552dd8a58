/** Which language this device speaks, and in which direction that is written. */

const KEPT_AS = "kindpakket.language";
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** The direction of a language's script, for `<html dir>`. */
export function direction(tag: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(plain(tag)) ? "rtl" : "ltr";
}

/** The language that was chosen here before, or else the device's first that there is, or Dutch. */
export function findLanguage<Language extends string>(
  languages: readonly Language[],
  storage: Pick<Storage, "getItem">,
  wanted: readonly string[],
): Language | "nl" {
  for (const tag of [storage.getItem(KEPT_AS) ?? "", ...wanted.map(plain)]) {
    const found = languages.find((language) => language === tag);
    if (found !== undefined) return found;
  }
  return "nl";
}

/** Keep the choice on this device; no server hears of it. */
export function keepLanguage(storage: Pick<Storage, "setItem">, language: string): void {
  storage.setItem(KEPT_AS, language);
}

function plain(tag: string): string {
  return tag.split("-")[0]!.toLowerCase();
}
