/** Search and filters of the list of shops. */

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

/** The shop that was chosen last for this scheme; null when its budget cannot be spent there. */
export function lastShop(scheme: number, facts: Facts, settings: Settings): Shop | null {
  return permittedShops(scheme, facts).find(({ id }) => id === settings.lastShops[scheme]) ?? null;
}

/** The categories of these shops. */
export function categoriesOf(shops: readonly Shop[], categories: readonly Category[]): Category[] {
  const used = new Set(shops.flatMap((shop) => shop.categories));
  return categories.filter(({ name }) => used.has(name));
}

/** Whether a shop has a category that is not in the list: categories are only ever added. */
export function lacksCategories(shops: readonly Shop[], categories: readonly Category[]): boolean {
  const known = new Set(categories.filter(({ translations }) => translations).map(({ name }) => name));
  return shops.some((shop) => shop.categories.some((name) => !known.has(name)));
}
