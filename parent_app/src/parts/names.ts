import type { Letter } from "../core/model";
import type { View } from "../core/state";
import type { Words } from "../texts";

/** The child's name, or the position of the letter when it has no name. */
export function nameOf(letter: Letter, { letters }: View, words: Words): string {
  const number = letters.findIndex(({ id }) => id === letter.id) + 1;
  return letter.name || words.say("no_name", { number });
}

/** The child's name on screens that a shop may see: with a single letter, nothing but the name that the parent gave. */
export function childOf(letter: Letter | null, view: View, words: Words): string {
  if (letter === null) return "";
  return view.letters.length > 1 ? nameOf(letter, view, words) : letter.name;
}

export function shopName(id: number, scheme: number, { facts }: View, words: Words): string {
  const found = facts.shops[scheme]?.find((shop) => shop.id === id);
  return found?.name ?? words.say("a_shop", { number: id });
}
