/** Search and filters of the list of shops. */

import { matches, nearlyMatches } from "web_shared/search";
import { type Category, categoryName } from "web_shared/categories";
import { type Kind, kindsOf } from "./kinds";
import type { Facts, Settings, Shop } from "./model";

/**
 * The shops of a kind that match these words; when none does, those that nearly do.
 *
 * @param textOf what is searched in
 */
export function searchShops(
  shops: readonly Shop[],
  words: string,
  kind: Kind | null,
  textOf: (shop: Shop) => string,
): Shop[] {
  const sorted = shops
    .filter((shop) => kind === null || kindsOf(shop).includes(kind))
    .sort((a, b) => a.name.localeCompare(b.name, "nl"));
  const found = sorted.filter((shop) => matches(textOf(shop), words));
  return found.length > 0 ? found : sorted.filter((shop) => nearlyMatches(textOf(shop), words));
}

/** What a shop is searched in: all that its row shows. */
export function searchedText(shop: Shop, categories: readonly Category[], language: string): string {
  const names = shop.categories.map((name) => categoryName(name, categories, language));
  return [shop.name, shop.address, shop.examples ?? "", ...names].join(" ");
}

/** The shops where this scheme's budget can be spent. */
export function permittedShops(scheme: number, facts: Facts): Shop[] {
  return (facts.shops[scheme] ?? []).filter((shop) => shop.permitted);
}

/** The shop that was chosen last for this scheme; null when its budget cannot be spent there. */
export function lastShop(scheme: number, facts: Facts, settings: Settings): Shop | null {
  return permittedShops(scheme, facts).find(({ id }) => id === settings.lastShops[scheme]) ?? null;
}

/** Whether a shop has a category that is not in the list: categories are only ever added. */
export function lacksCategories(shops: readonly Shop[], categories: readonly Category[]): boolean {
  const known = new Set(categories.filter(({ translations }) => translations).map(({ name }) => name));
  return shops.some((shop) => shop.categories.some((name) => !known.has(name)));
}
