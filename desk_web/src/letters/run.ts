/** A run of letters: its secrets, the list of its coupons, and the file that is handed in at the desk. Blank letters have no list. */

import { sha256 } from "@noble/hashes/sha2.js";
import { type Address, toHex } from "web_shared/protocol/bytes";
import { couponAddress } from "web_shared/protocol/keys";
import { letterText } from "web_shared/protocol/letters";
import { sealLetter } from "web_shared/protocol/sealing";
import type { RunOrder } from "./order";
import type { Sheet } from "./sheet";

const SECRET_BYTES = 16;

/** The coupons of a run by value in cents, highest first; each list sorted, so that its order tells nothing. */
interface CouponList {
  readonly scheme: number;
  readonly values: readonly { readonly value: number; readonly coupons: readonly Address[] }[];
}

export interface Run {
  readonly sheets: readonly Sheet[];
  /** The hash of the coupon list, by which officials compare it; of blank letters, that of the file. */
  readonly sha256: string;
  /** The hash of the sealed letters as they are in the file. */
  readonly sealedSha256: string;
  /** What is handed in at the desk: the list and the sealed secrets. Nothing in it is secret. */
  readonly file: string;
}

/** Draw random bytes; the browser's own, except in tests. */
type Draw = (bytes: number) => Uint8Array;

/**
 * Make a run.
 *
 * @param advance called with the part that is done, from 0 to 1, between sheets, when the page can be drawn
 * @throws Error a key of an officer is not one of age
 */
export async function makeRun(order: RunOrder, advance: (part: number) => Promise<void>, draw: Draw = drawRandom): Promise<Run> {
  const sheets = drawSheets(order, draw);
  const coupons = new Map<number, Address[]>();
  const sealed: Record<string, string> = {};
  for (const sheet of sheets) {
    valuesOf(order, sheet).forEach((value, index) => {
      const address = couponAddress(sheet.letter, 0, index);
      if (coupons.get(value)?.push(address) === undefined) coupons.set(value, [address]);
    });
    sealed[serial(order, sheet)] = toBase64(await sealLetter(letterText(sheet.letter), order.sealedTo));
    await advance(sheet.number / sheets.length);
  }
  const { scheme, run, sealedTo, blank } = order;
  const rest = { run, sealedTo, letters: sealed };
  const sealedSha256 = hashOf(JSON.stringify(sealed));
  if (blank) {
    const file = JSON.stringify({ scheme, blank, ...rest });
    return { sheets, sha256: hashOf(file), sealedSha256, file };
  }
  const list = listCoupons(scheme, coupons);
  return { sheets, sha256: hashOf(JSON.stringify(list)), sealedSha256, file: JSON.stringify({ ...list, ...rest }) };
}

export function drawSheets(order: RunOrder, draw: Draw): Sheet[] {
  return Array.from({ length: order.letters + order.cards }, (_, index) => ({
    number: index + 1,
    letter: { scheme: order.scheme, secret: draw(SECRET_BYTES) },
    isCard: index >= order.letters,
  }));
}

function listCoupons(scheme: number, coupons: ReadonlyMap<number, readonly Address[]>): CouponList {
  const values = [...coupons].sort(([one], [other]) => other - one);
  return { scheme, values: values.map(([value, addresses]) => ({ value, coupons: [...addresses].sort() })) };
}

function hashOf(text: string): string {
  return toHex(sha256(new TextEncoder().encode(text)));
}

/** As printed: the run, and the number in it. */
export function serial(order: RunOrder, sheet: Sheet): string {
  return `${order.run}-${String(sheet.number).padStart(3, "0")}`;
}

/** The coupons of a sheet, in cents. */
export function valuesOf(order: RunOrder, sheet: Sheet): readonly number[] {
  return sheet.isCard ? order.cardValues : order.letterValues;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function drawRandom(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes));
}
