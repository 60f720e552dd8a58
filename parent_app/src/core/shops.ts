/** The list of shops: searched, by kind, those where this budget works first. */

import { matches } from "web_shared/search";
import type { Category } from "web_shared/categories";
import type { Facts, Settings, Shop } from "./model";

export function searchShops(shops: readonly Shop[], words: string, category: string): Shop[] {
  return shops
    .filter((shop) => category === "" || shop.categories.includes(category))
    .filter((shop) => matches(`${shop.name} ${shop.address}`, words))
    .sort((a, b) => a.name.localeCompare(b.name, "nl"));
}

/** The shops where this scheme's budget can be spent. */
export function permittedShops(scheme: number, facts: Facts): Shop[] {
  return (facts.shops[scheme] ?? []).filter((shop) => shop.permitted);
}

/** The shop that was chosen last for this scheme, while its budget can be spent there. */
export function lastShop(scheme: number, facts: Facts, settings: Settings): Shop | null {
  return permittedShops(scheme, facts).find(({ id }) => id === settings.lastShops[scheme]) ?? null;
}

/** The kinds that these shops are of. */
export function categoriesOf(shops: readonly Shop[], categories: readonly Category[]): Category[] {
  const used = new Set(shops.flatMap((shop) => shop.categories));
  return categories.filter(({ name }) => used.has(name));
}

/** Whether a shop is of a kind that has no names yet: the table only grows. */
export function lacksCategories(shops: readonly Shop[], categories: readonly Category[]): boolean {
  const known = new Set(categories.filter(({ translations }) => translations).map(({ name }) => name));
  return shops.some((shop) => shop.categories.some((name) => !known.has(name)));
}
