/** Everyday kinds of shops, for parents: each stands for a few categories. */

import type { Shop } from "./model";

export const KINDS = ["clothes", "bicycles", "sport", "school", "toys", "music", "swimming", "second_hand"] as const;

export type Kind = (typeof KINDS)[number];

/** By the category's name; other categories have no kind, and are found by searching. */
const KIND_OF: Record<string, Kind> = {
  childrens_clothing: "clothes",
  clothing: "clothes",
  shoes: "clothes",
  bicycles: "bicycles",
  sports: "sport",
  sports_lessons: "sport",
  outdoor_sports: "sport",
  books: "school",
  stationery: "school",
  computers: "school",
  toys: "toys",
  musical_instruments: "music",
  dance_lessons: "music",
  arts_lessons: "music",
  swimming_pools: "swimming",
  second_hand: "second_hand",
};

/** Those of a shop, without repetitions. */
export function kindsOf(shop: Shop): Kind[] {
  return [...new Set(shop.categories.flatMap((name) => KIND_OF[name] ?? []))];
}

/** Those of these shops, in the order of {@link KINDS}. */
export function kindsAmong(shops: readonly Shop[]): Kind[] {
  const used = new Set(shops.flatMap(kindsOf));
  return KINDS.filter((kind) => used.has(kind));
}
