import type { Letter } from "../core/model";
import type { View } from "../core/state";
import type { Words } from "../texts";

/** The child's name, or which letter it is when the parent gave none. */
export function nameOf(letter: Letter, { letters }: View, words: Words): string {
  const number = letters.findIndex(({ id }) => id === letter.id) + 1;
  return letter.name || words.say("no_name", { number });
}

/** Whose it is, where the shop looks along: only what the parent calls it, when there is a choice. */
export function childOf(letter: Letter | null, view: View, words: Words): string {
  if (letter === null) return "";
  return view.letters.length > 1 ? nameOf(letter, view, words) : letter.name;
}

export function shopName(id: number, scheme: number, { facts }: View, words: Words): string {
  const found = facts.shops[scheme]?.find((shop) => shop.id === id);
  return found?.name ?? words.say("a_shop", { number: id });
}
