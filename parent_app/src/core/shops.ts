/** The list of shops: searched, by kind, those where this budget works first. */

import { matches } from "web_shared/search";
import type { Category, Facts, Shop } from "./model";

export function searchShops(shops: readonly Shop[], words: string, category: string): Shop[] {
  return shops
    .filter((shop) => category === "" || shop.categories.includes(category))
    .filter((shop) => matches(`${shop.name} ${shop.address}`, words))
    .sort((a, b) => a.name.localeCompare(b.name, "nl"));
}

/** The kinds that these shops are of. */
export function categoriesOf(shops: readonly Shop[], categories: readonly Category[]): Category[] {
  const used = new Set(shops.flatMap((shop) => shop.categories));
  return categories.filter(({ name }) => used.has(name));
}

/** The table has a Dutch name; other languages get the table's own, which is English. */
export function categoryName(name: string, facts: Facts, language: string): string {
  const dutch = facts.categories.find((each) => each.name === name)?.dutch;
  return language === "nl" && dutch ? dutch : name.replaceAll("_", " ");
}
