import { isOfChild, type Letter } from "../core/model";
import type { View } from "../core/state";
import type { Words } from "../texts";

/** The tokens `--kp-child-1` to `--kp-child-6`. */
const COLOURS = 6;

/** The child's name, with that of the scheme when the child has several letters; without a name, the letter's number. */
export function nameOf(letter: Letter, view: View, words: Words): string {
  const name = letter.name || words.say("no_name", { number: numberOf(letter, view) });
  const scheme = view.letters.filter(isOfChild(letter)).length > 1 && view.facts.schemes[letter.scheme]?.name;
  return scheme ? `${name} – ${scheme}` : name;
}

function numberOf(letter: Letter, { letters }: View): number {
  return letters.findIndex(({ id }) => id === letter.id) + 1;
}

/** The number of the child's colour, 1 to 6. */
export function colourOf(letter: Letter, { letters }: View): number {
  const at = letters.findIndex(isOfChild(letter));
  const place = letters[at]?.place ?? at + 1;
  return ((place - 1) % COLOURS) + 1;
}

/** The first character of the child's name, or the number of a letter without one. */
export function initialOf(letter: Letter, view: View, words: Words): string {
  const [first = ""] = letter.name;
  return first.toLocaleUpperCase(words.language.code) || String(numberOf(letter, view));
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
