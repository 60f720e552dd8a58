import { isOfChild, type Letter } from "../core/model";
import type { View } from "../core/state";
import type { Words } from "../texts";

/** The tokens `--kp-child-1` to `--kp-child-6`. */
const COLOURS = 6;

/**
 * The child's name, with that of the scheme when the child has several letters, and with a number when several are of
 * that scheme; without a name, the child's number.
 */
export function nameOf(letter: Letter, view: View, words: Words): string {
  const own = view.letters.filter(isOfChild(letter));
  const ofScheme = own.filter(({ scheme }) => scheme === letter.scheme);
  const name = letter.name || words.say("no_name", { number: numberOf(letter, view) });
  const numbered = ofScheme.length > 1 ? `${name} ${ofScheme.findIndex(({ id }) => id === letter.id) + 1}` : name;
  const scheme = own.length > 1 && view.facts.schemes[letter.scheme]?.name;
  return scheme ? `${numbered} – ${scheme}` : numbered;
}

/** Of a letter's child among the children, from 1. */
function numberOf(letter: Letter, { letters }: View): number {
  const children = letters.filter((one, at) => letters.findIndex(isOfChild(one)) === at);
  return children.findIndex(isOfChild(letter)) + 1;
}

/** The number of the child's colour, 1 to 6. */
export function colourOf(letter: Letter, { letters }: View): number {
  const at = letters.findIndex(isOfChild(letter));
  const place = letters[at]?.place ?? at + 1;
  return ((place - 1) % COLOURS) + 1;
}

/** The first character of the child's name, or the number of a child without one. */
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
