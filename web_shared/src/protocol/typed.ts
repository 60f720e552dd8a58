/** Locates typing errors in letter texts, invitations and the like, by the groups in which they are printed. */

import { ALPHABET, normalise, TextUnreadable } from "./base32";
import {
  INVITATION_CHARACTERS,
  OFFICIAL_CHARACTERS,
  PROOF_CHARACTERS,
  readInvitation,
  readOfficialInvitation,
  readProofCode,
  readRecovery,
  RECOVERY_CHARACTERS,
} from "./enrolment";
import { LETTER_CHARACTERS, readLetter } from "./letters";

/** The printed format of a text. */
export interface PrintedFormat {
  readonly characters: number;
  /** The number of characters in a group. */
  readonly group: number;
  /** Throws TextUnreadable when the text does not have this format. */
  readonly read: (text: string) => unknown;
}

export const LETTER: PrintedFormat = { characters: LETTER_CHARACTERS, group: 4, read: readLetter };
export const INVITATION: PrintedFormat = { characters: INVITATION_CHARACTERS, group: 4, read: readInvitation };
export const OFFICIAL_INVITATION: PrintedFormat = { characters: OFFICIAL_CHARACTERS, group: 4, read: readOfficialInvitation };
export const RECOVERY_SHEET: PrintedFormat = { characters: RECOVERY_CHARACTERS, group: 4, read: readRecovery };
/** It has no checksum: only its characters and their number can be wrong. */
export const PROOF_CODE: PrintedFormat = { characters: PROOF_CHARACTERS, group: 5, read: readProofCode };

/** Groups are numbered from 1. */
export type TypingError =
  | { kind: "character"; group: number; character: string }
  | { kind: "short"; missing: number }
  | { kind: "long"; extra: number }
  /** A single error in one of these groups explains the wrong checksum. */
  | { kind: "groups"; groups: number[] }
  | { kind: "somewhere" };

export class Mistyped extends Error {
  override readonly name = "Mistyped";

  constructor(readonly problem: TypingError) {
    super(`typing error: ${problem.kind}`);
  }
}

/** The error in an incomplete text that more typing cannot repair; null when there is none. */
export function findErrorSoFar(typed: string, printed: PrintedFormat): TypingError | null {
  const characters = [...normalise(typed)];
  const place = characters.findIndex((character) => !ALPHABET.includes(character));
  if (place !== -1) return { kind: "character", group: groupAt(place, printed), character: characters[place]! };
  const extra = characters.length - printed.characters;
  return extra > 0 ? { kind: "long", extra } : null;
}

/** The error in a complete text; null when it can be read. */
export function findTypingError(typed: string, printed: PrintedFormat): TypingError | null {
  const problem = findErrorSoFar(typed, printed);
  if (problem) return problem;
  const plain = normalise(typed);
  const missing = printed.characters - plain.length;
  if (missing > 0) return { kind: "short", missing };
  if (canRead(plain, printed)) return null;
  const groups = groupsOfOneSlip(plain, printed);
  return groups.length > 0 ? { kind: "groups", groups } : { kind: "somewhere" };
}

/** One problem of each kind, with the longest message of that kind. */
export function longestProblems({ characters, group }: PrintedFormat): TypingError[] {
  const last = Math.ceil(characters / group);
  return [
    { kind: "character", group: last, character: "W" },
    { kind: "short", missing: characters },
    { kind: "long", extra: characters },
    { kind: "groups", groups: [last - 3, last - 2, last - 1, last].filter((each) => each > 0) },
    { kind: "somewhere" },
  ];
}

/** The groups in which the replacement of one character, or a swap of two adjacent ones, gives a readable text. */
function groupsOfOneSlip(plain: string, printed: PrintedFormat): number[] {
  const groups = new Set<number>();
  for (let place = 0; place < plain.length; place++) {
    const others = [...ALPHABET].map((c) => plain.slice(0, place) + c + plain.slice(place + 1));
    const swapped =
      plain.slice(0, place) + (plain[place + 1] ?? "") + plain[place]! + plain.slice(place + 2);
    if ([...others, swapped].some((text) => canRead(text, printed))) groups.add(groupAt(place, printed));
  }
  return [...groups];
}

function groupAt(place: number, { group }: PrintedFormat): number {
  return Math.floor(place / group) + 1;
}

function canRead(plain: string, { read }: PrintedFormat): boolean {
  try {
    read(plain);
    return true;
  } catch (error) {
    if (error instanceof TextUnreadable) return false;
    throw error;
  }
}
