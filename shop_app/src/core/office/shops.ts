/** The public list of shops, searched. */

import type { ListedShop } from "./view";

export function searchShops(shops: readonly ListedShop[], words: string): ListedShop[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  return shops
    .filter(({ id, name, address }) => wanted.every((word) => plain(`${id} ${name} ${address}`).includes(word)))
    .sort((a, b) => a.name.localeCompare(b.name, "nl", { numeric: true }));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
