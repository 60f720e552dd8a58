/** Search in the public list of shops. */

import { matches } from "web_shared/search";
import type { ListedShop } from "./view";

export function searchShops(shops: readonly ListedShop[], words: string): ListedShop[] {
  return shops
    .filter(({ id, name, address }) => matches(`${id} ${name} ${address}`, words))
    .sort((a, b) => a.name.localeCompare(b.name, "nl", { numeric: true }));
}
