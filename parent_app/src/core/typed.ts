/** A letter's characters as somebody types them: dashes by themselves, mistakes pointed at. */

import {
  groupLetterText,
  type Letter,
  LETTER_CHARACTERS,
  LetterUnreadable,
  plainText,
  readLetter,
} from "web_shared/protocol/letters";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export type TypedProblem =
  | { kind: "character"; group: number; character: string }
  | { kind: "short"; missing: number }
  | { kind: "long"; extra: number }
  /** One slip explains it, and it is in this group (or one of these). */
  | { kind: "groups"; groups: number[] }
  | { kind: "somewhere" };

export function grouped(typed: string): string {
  return groupLetterText(typed);
}

/** What is certainly wrong while somebody is still typing; null when nothing is yet. */
export function problemSoFar(typed: string): TypedProblem | null {
  const characters = [...plainText(typed)];
  const place = characters.findIndex((character) => !ALPHABET.includes(character));
  if (place !== -1) return { kind: "character", group: groupAt(place), character: characters[place]! };
  const extra = characters.length - LETTER_CHARACTERS;
  return extra > 0 ? { kind: "long", extra } : null;
}

/** Read the whole text, or tell what is wrong with it. */
export function readTyped(typed: string): Letter | TypedProblem {
  const problem = problemSoFar(typed);
  if (problem) return problem;
  const plain = plainText(typed);
  if (plain.length < LETTER_CHARACTERS) {
    return { kind: "short", missing: LETTER_CHARACTERS - plain.length };
  }
  const letter = tryRead(plain);
  if (letter) return letter;
  const groups = groupsOfOneSlip(plain);
  return groups.length > 0 ? { kind: "groups", groups } : { kind: "somewhere" };
}

export function isLetter(read: Letter | TypedProblem): read is Letter {
  return "secret" in read;
}

/** Where one wrong character, or two that changed places, would make it a letter. */
function groupsOfOneSlip(plain: string): number[] {
  const groups = new Set<number>();
  for (let place = 0; place < plain.length; place++) {
    const others = [...ALPHABET].map((c) => plain.slice(0, place) + c + plain.slice(place + 1));
    const swapped =
      plain.slice(0, place) + (plain[place + 1] ?? "") + plain[place]! + plain.slice(place + 2);
    if ([...others, swapped].some((text) => tryRead(text))) groups.add(groupAt(place));
  }
  return [...groups];
}

function groupAt(place: number): number {
  return Math.floor(place / 4) + 1;
}

function tryRead(plain: string): Letter | null {
  try {
    return readLetter(plain);
  } catch (error) {
    if (error instanceof LetterUnreadable) return null;
    throw error;
  }
}
