/** What the privacy officers open of a lost letter and of the blank one that replaces it, and the moves between the two. */

import { Trouble, type LetterTroubleCode } from "web_shared/device/trouble";
import type { Coupon } from "web_shared/letter/coupons";
import { settle, signMove } from "web_shared/letter/moving";
import { keyOf, openLetter } from "web_shared/letter/opening";
import type { LetterServer } from "web_shared/letter/server";
import { type Address, ZERO_ADDRESS } from "web_shared/protocol/bytes";
import { type Letter, readLetter } from "web_shared/protocol/letters";
import { addressOf } from "web_shared/protocol/signatures";
import { DeskTrouble } from "./trouble";

/** Sealed text in base64, and the public key that it is sealed to. */
export interface SealedLetter {
  readonly recipient: string;
  readonly sealed: string;
}

/** A letter as it was sealed when it was made. */
export interface LetterToOpen extends SealedLetter {
  /** The file key of the outer layer in base64, which the second officer handed in; null for that officer. */
  readonly outer: string | null;
}

/** A former private key of the same place in base64, sealed to the key that came after it. */
export interface FormerKey extends SealedLetter {
  readonly next: string;
}

export interface Task {
  /** Of the officer; who is second opens first. */
  readonly place: 1 | 2;
  /** The officer's public key. */
  readonly own: string;
  /** Newest first. */
  readonly former: readonly FormerKey[];
  readonly scheme: number;
  readonly lost: LetterToOpen;
  /** Null when what is left goes back to the scheme. */
  readonly blank: LetterToOpen | null;
}

/** What an officer opened: the second the file keys of the outer layers, the first the texts of the letters. */
export interface Opened {
  lost: Uint8Array;
  blank: Uint8Array | null;
}

/**
 * Open one layer of both letters. The second officer hands in no more than file keys, so that what the first one opens is
 * what was sealed when the letters were made.
 *
 * @param identity the officer's private key, in age's text
 * @throws DeskTrouble `former_key_missing`, `letter_not_opened`
 */
export async function openLayer(task: Task, identity: string): Promise<Opened> {
  const identities = new Map([[task.own, identity]]);
  for (const { recipient, next, sealed } of task.former) {
    const after = identities.get(next);
    if (after) identities.set(recipient, new TextDecoder().decode(await opened(bytesOf(sealed), after)));
  }
  const open = async ({ recipient, sealed, outer }: LetterToOpen): Promise<Uint8Array> => {
    const own = identities.get(recipient);
    if (own === undefined) throw new DeskTrouble("former_key_missing");
    return openedLayer(bytesOf(sealed), outer === null ? null : bytesOf(outer), own);
  };
  return { lost: await open(task.lost), blank: task.blank && (await open(task.blank)) };
}

/**
 * The letters in what the first officer opened; the bytes are wiped.
 *
 * @throws DeskTrouble `letter_not_opened` when these are no letters of the scheme
 */
export function readOpened({ lost, blank }: Opened, scheme: number): { lost: Letter; blank: Letter | null } {
  try {
    return { lost: lettersOf(lost, scheme), blank: blank && lettersOf(blank, scheme) };
  } finally {
    lost.fill(0);
    blank?.fill(0);
  }
}

/**
 * Move every coupon of the lost letter to the one with the same index of the blank letter, or give it back to the scheme:
 * empty ones too, so that a refund follows. Repeating it moves what an earlier attempt left.
 *
 * @param blank null to give back to the scheme
 * @param progress from 0 to 1
 * @returns how many coupons were moved elsewhere before, by whoever had the letter or for another request
 * @throws DeskTrouble before anything is moved: `letter_without_coupons`; `letter_moved_before` when every coupon was moved
 *   elsewhere; `blank_letter_used` when something else is on the blank letter
 * @throws Trouble `move_refused`, `move_unsure`, `letter_unknown`, or those of the server
 */
export async function moveLeft(
  server: LetterServer,
  lost: Letter,
  blank: Letter | null,
  progress: (part: number) => void,
): Promise<number> {
  const { domain, clockOffset } = await server.ledger();
  const { coupons, keys } = await openLetter(server, lost);
  try {
    if (coupons.length === 0) throw new DeskTrouble("letter_without_coupons");
    const elsewhere = coupons.filter(({ index, moved }) => moved !== null && !targetOf(blank, index).startsWith(moved));
    if (elsewhere.length === coupons.length) throw new DeskTrouble("letter_moved_before");
    if (blank) await checkBlank(server, blank, coupons);
    const waiting = coupons.filter(({ moved }) => moved === null);
    for (const [place, coupon] of waiting.entries()) {
      const next = blank && keyOf(blank, 0, coupon.index);
      const now = Math.floor(Date.now() / 1000) + clockOffset;
      const signed = signMove(lost.scheme, coupon, keys[coupons.indexOf(coupon)]!, next, domain, now);
      next?.fill(0);
      await settle(server, signed, () => wasMoved(server, lost, coupon));
      progress((place + 1) / waiting.length);
    }
    return elsewhere.length;
  } finally {
    keys.forEach((key) => key.fill(0));
  }
}

/** The outer layer's file key, or with that key what is under both layers. */
async function openedLayer(sealed: Uint8Array, outer: Uint8Array | null, own: string): Promise<Uint8Array> {
  const { unseal, unsealKey, unsealWith } = await import("web_shared/protocol/sealing");
  return orNotOpened(async () => (outer ? unseal(await unsealWith(sealed, outer), own) : unsealKey(sealed, own)));
}

async function opened(sealed: Uint8Array, identity: string): Promise<Uint8Array> {
  const { unseal } = await import("web_shared/protocol/sealing");
  return orNotOpened(() => unseal(sealed, identity));
}

async function orNotOpened<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch {
    throw new DeskTrouble("letter_not_opened");
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
}

function lettersOf(text: Uint8Array, scheme: number): Letter {
  try {
    const letter = readLetter(new TextDecoder().decode(text));
    if (letter.scheme === scheme) return letter;
  } catch {
    // told below
  }
  throw new DeskTrouble("letter_not_opened");
}

/** The address to which the coupon with an index moves. */
function targetOf(blank: Letter | null, index: number): Address {
  return blank ? addressOf(keyOf(blank, 0, index)) : ZERO_ADDRESS;
}

/** All that is on the blank letter came from these coupons. */
async function checkBlank(server: LetterServer, blank: Letter, lost: readonly Coupon[]): Promise<void> {
  const filled = await openLetter(server, blank);
  filled.keys.forEach((key) => key.fill(0));
  for (const { index } of filled.coupons) {
    const from = lost.find((coupon) => coupon.index === index);
    if (from?.moved == null || !targetOf(blank, index).startsWith(from.moved)) throw new DeskTrouble("blank_letter_used");
  }
}

/** @throws Trouble `move_unsure` when the coupon is not found any more */
async function wasMoved(server: LetterServer, lost: Letter, coupon: Coupon): Promise<boolean> {
  const { coupons, keys } = await openLetter(server, lost);
  keys.forEach((key) => key.fill(0));
  const now = coupons.find(({ index }) => index === coupon.index);
  if (now === undefined) throw new Trouble<LetterTroubleCode>("move_unsure");
  return now.moved !== null;
}
