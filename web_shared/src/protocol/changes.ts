/**
 * Files of changes: all changes of a scheme's coupons in a UTC day or month, the same bytes for everybody. Each entry
 * is encrypted for the holder of its coupon, and has a tag by which only that holder finds it.
 */

import { gcm } from "@noble/ciphers/aes.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, fromHex, type Hex, readUint, toHex, uint, ZERO_ADDRESS } from "./bytes";
import { checkHeader, FileWrong, uintAt } from "./issued";
import { MINUTES_A_DAY, minutesOf, type Period } from "./periods";
import type { Key } from "./signatures";

export const HEADER_BYTES = 42;
/** The length of the ids in an entry, which are the beginnings of longer ones. */
export const ID_BYTES = 7;

const NUMBER_AT = 5;
const KEY_AT = 9;
const GROUP_BYTES = 6; // minute and count
const ENTRY_BYTES = 56;
const TAG_BYTES = 8;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const LABEL = new TextEncoder().encode("change");
const SALT = new TextEncoder().encode("kindpakket/v1");
const KINDS = ["paid", "refunded", "moved", "made"] as const;
/** The number of the entry that tells of the move that made a coupon. */
const NUMBER_OF_MAKING = 2 ** 32 - 1;

/** A change of one coupon; amounts in cents. */
export interface Change {
  readonly kind: (typeof KINDS)[number];
  /** The shop that was paid or refunds; otherwise 0. */
  readonly shop: number;
  /** Of the payment, of what came back to this coupon, or of what was moved from or to it. */
  readonly amount: number;
  /** What was taken from this coupon. */
  readonly debit: number;
  readonly nonce: number;
  /** Unix seconds of the block. */
  readonly time: number;
  /** The first bytes of the payment's id, or of the address that a move made; otherwise zeros. */
  readonly id: Hex;
}

/** A coupon's part in a payment, and what came back of it; amounts in cents. */
export interface CouponPayment {
  /** The first bytes of the payment's id. */
  readonly payment: Hex;
  readonly shop: number;
  /** Taken from this coupon; 0 when only a refund came to it. */
  readonly amount: number;
  readonly refunded: number;
  /** Of all coupons that paid; 0 when that is unknown. */
  readonly whole: number;
  /** Unix seconds. */
  readonly time: number;
}

/** The state of a coupon; amounts in cents. */
export interface CouponState {
  readonly remaining: number;
  /** 0 when it was never used. */
  readonly lastNonce: number;
  readonly history: readonly CouponPayment[];
  /** The first bytes of the address to which it was moved; zeros when it was given back; null when it was not moved. */
  readonly moved: Hex | null;
}

/** A file, or the rest of one. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Positions of entries in `bytes`, by tag. */
  readonly byTag: ReadonlyMap<bigint, readonly number[]>;
  /** Positions of groups, by those of their entries. */
  readonly groups: ReadonlyMap<number, number>;
  /** Where the groups of the last day begin, and those of the last minute, and where the groups end, in `bytes`. */
  readonly dayAt: number;
  readonly minuteAt: number;
  readonly end: number;
  /** The day of the last group; null when there is none. */
  readonly lastDay: number | null;
  /** Whether the file will not grow. */
  readonly over: boolean;
}

/** A change, and the position of its group. */
export interface Found {
  readonly change: Change;
  readonly group: number;
}

/** @throws FileWrong */
export function readFile(bytes: Uint8Array, scheme: number, period: Period): { key: Hex; part: Part } {
  checkHeader(bytes, period.kind === "day" ? "KD" : "KM", scheme, HEADER_BYTES);
  if (uintAt(bytes, NUMBER_AT, 4) !== period.number) throw new FileWrong("of another day or month");
  return { key: toHex(bytes.subarray(KEY_AT, HEADER_BYTES)), part: readGroups(bytes, HEADER_BYTES, period) };
}

/**
 * Read groups, from a position where one begins, up to the end.
 *
 * @throws FileWrong
 */
export function readGroups(bytes: Uint8Array, from: number, period: Period): Part {
  const [first, after] = minutesOf(period);
  const byTag = new Map<bigint, number[]>();
  const groups = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [at, dayAt, minuteAt, last] = [from, from, from, -1];
  let over = false;
  while (at < bytes.length) {
    const [minute, count] = [uintAt(bytes, at, 4), uintAt(bytes, at + 4, 2)];
    const end = at + GROUP_BYTES + count * ENTRY_BYTES;
    if (minute < Math.max(first, last) || minute >= after || end > bytes.length) throw new FileWrong("not a group");
    if (count === 0) {
      over = minute === after - 1 && end === bytes.length;
      if (!over) throw new FileWrong("an end that is none");
      break;
    }
    if (dayOf(minute) !== dayOf(last)) dayAt = at;
    if (minute !== last) minuteAt = at;
    for (let place = at + GROUP_BYTES; place < end; place += ENTRY_BYTES) {
      const tag = view.getBigUint64(place);
      const known = byTag.get(tag);
      if (known) known.push(place);
      else byTag.set(tag, [place]);
      groups.set(place, at);
    }
    [last, at] = [minute, end];
  }
  return { bytes, byTag, groups, dayAt, minuteAt, end: at, lastDay: last < 0 ? null : dayOf(last), over };
}

/**
 * The secret that a coupon shares with a month's key.
 *
 * @throws FileWrong when the month's key is no point of the curve.
 */
export function shareOf(key: Key, monthKey: Hex): Uint8Array {
  try {
    return sha256(secp256k1.getSharedSecret(key, fromHex(monthKey), true));
  } catch (error) {
    throw new FileWrong("not a public key", { cause: error });
  }
}

/**
 * Find and open a coupon's entry, by its number within coupon and month, counted from 0. Entries of others that have
 * the same tag by chance are passed over.
 *
 * @param share see {@link shareOf}
 * @param after the position of the group of the coupon's last entry in this part; 0 when it has none
 * @returns null when the file has no such entry
 * @throws FileWrong when the entry is encrypted for this coupon, and is not a change or lies before its last entry
 */
export function findChange(part: Part, share: Uint8Array, month: number, number: number, after = 0): Found | null {
  const info = concatBytes(LABEL, uint(month, 4), uint(number, 4));
  const okm = hkdf(sha256, share, SALT, info, TAG_BYTES + KEY_BYTES + NONCE_BYTES);
  const tag = new DataView(okm.buffer, okm.byteOffset).getBigUint64(0);
  const [key, nonce] = [okm.subarray(TAG_BYTES, TAG_BYTES + KEY_BYTES), okm.subarray(TAG_BYTES + KEY_BYTES)];
  for (const place of part.byTag.get(tag) ?? []) {
    const plain = decrypted(part.bytes.subarray(place + TAG_BYTES, place + ENTRY_BYTES), key, nonce);
    if (plain === null) continue;
    const group = part.groups.get(place)!;
    if (group < after) throw new FileWrong("a later change before an earlier one");
    return { change: readChange(plain, uintAt(part.bytes, group, 4)), group };
  }
  return null;
}

/**
 * What a move put on the coupon that it made, in cents; null when the file has no such move.
 *
 * @param share see {@link shareOf}
 * @throws FileWrong
 */
export function findMade(part: Part, share: Uint8Array, month: number): number | null {
  const found = findChange(part, share, month, NUMBER_OF_MAKING);
  if (found === null) return null;
  const { kind, shop, amount, debit, nonce, id } = found.change;
  const good = kind === "made" && shop === 0 && debit === 0 && nonce === 0 && ZERO_ADDRESS.startsWith(id);
  if (!good) throw new FileWrong("not what tells of a coupon that was made");
  return amount;
}

/**
 * The state of a coupon after a change.
 *
 * @param past what earlier generations of the coupon paid, of which a refund may come to this one
 * @throws FileWrong when the ledger cannot have made this change of that state
 */
export function afterChange(state: CouponState, change: Change, past: readonly CouponPayment[]): CouponState {
  const { kind, shop, amount, debit, nonce, time, id } = change;
  const { remaining, lastNonce, history } = state;
  if (state.moved !== null || kind === "made") throw new FileWrong("a change of a coupon that cannot be");
  if (kind === "refunded") {
    const [whole, refunded] = paidAndRefunded([...past, ...history], id);
    const back = debit === 0 && nonce === 0 && amount > 0 && (whole === 0 || refunded + amount <= whole);
    if (!back) throw new FileWrong("more came back than was paid");
    const entry = { payment: id, shop, amount: 0, refunded: amount, whole: 0, time };
    return { ...state, remaining: remaining + amount, history: [...history, entry] };
  }
  if (nonce <= lastNonce || debit > remaining || debit > amount) throw new FileWrong("more was taken than there is");
  const after = { ...state, remaining: remaining - debit, lastNonce: nonce };
  if (kind === "paid") {
    return { ...after, history: [...history, { payment: id, shop, amount: debit, refunded: 0, whole: amount, time }] };
  }
  if (after.remaining !== 0 || debit !== amount || shop !== 0) throw new FileWrong("a move leaves nothing");
  return { ...after, moved: id };
}

/** What was paid in a payment, 0 when it is unknown, and what came back of it. */
function paidAndRefunded(entries: readonly CouponPayment[], payment: Hex): [number, number] {
  const found = entries.filter((entry) => entry.payment === payment);
  return [Math.max(0, ...found.map(({ whole }) => whole)), found.reduce((sum, { refunded }) => sum + refunded, 0)];
}

/** SHA-256, by which a reader knows bytes again. */
export function hashOf(bytes: Uint8Array): Hex {
  return toHex(sha256(bytes));
}

function decrypted(sealed: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array | null {
  try {
    return gcm(key, nonce).decrypt(sealed);
  } catch {
    return null;
  }
}

function readChange(plain: Uint8Array, minute: number): Change {
  let at = 0;
  const take = (length: number): Uint8Array => plain.subarray(at, (at += length));
  const number = (length: number): number => readUint(take(length));
  const kind = KINDS[number(1) - 1];
  const [shop, amount, debit, nonce, time] = [number(4), number(4), number(4), number(5), number(5)];
  const [id, padding] = [toHex(take(ID_BYTES)), number(2)];
  if (kind === undefined || padding !== 0 || Math.floor(time / 60) !== minute) throw new FileWrong("not a change");
  return { kind, shop, amount, debit, nonce, time, id };
}

function dayOf(minute: number): number {
  return Math.floor(minute / MINUTES_A_DAY);
}
