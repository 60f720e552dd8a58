/** Finds the coupons of a letter by its secret; the caller wipes the secret afterwards. */

import { Refused } from "../api/problems";
import { type LetterTroubleCode, Trouble } from "../device/trouble";
import type { Address } from "../protocol/bytes";
import { couponKey } from "../protocol/keys";
import { type Letter as Secret, MAX_COUPONS } from "../protocol/letters";
import { readIssued } from "../protocol/issued";
import { addressOf, type Key } from "../protocol/signatures";
import { type Coupon, type Position, type Read, startOf, unused } from "./coupons";
import type { LetterServer, Scheme } from "./server";
import type { BlankCoupon, NextKey } from "./sync";

const LAST_GENERATION = 255;
/** Coupons that are derived first, one more than most letters have. */
const FIRST_COUPONS = 13;

/** The files that everybody gets. */
export type Source = Pick<LetterServer, "scheme" | "coupons" | "month" | "day">;

export interface Opened extends Read {
  scheme: Scheme;
  /** In the order of the coupons. */
  keys: Key[];
  position: Position;
}

/**
 * Find a letter's coupons as they were issued, without what was changed since; none when it was printed as a blank one.
 *
 * @throws Trouble `letter_unknown` when this server has no coupons of its scheme.
 * @throws FileWrong
 */
export async function findLetter(server: Source, secret: Secret): Promise<Opened> {
  const asked = Promise.all([server.scheme(secret.scheme), server.coupons(secret.scheme)]);
  // Most keys are derived while the requests run.
  const [derived, [scheme, file]] = await Promise.all([afterRender(() => derive(secret, 0, FIRST_COUPONS)), asked]).catch(
    (error: unknown) => {
      throw error instanceof Refused ? new Trouble<LetterTroubleCode>("letter_unknown") : error;
    },
  );
  const issued = readIssued(file, secret.scheme);
  const coupons: Coupon[] = [];
  const keys: Key[] = [];
  for (let index = 0; index < MAX_COUPONS; index++) {
    if (index === derived.length) derived.push(...derive(secret, index, MAX_COUPONS));
    const { key, address } = derived[index]!;
    const value = issued.valueOf(address);
    if (value === null) break;
    coupons.push(unused(address, index, 0, value));
    keys.push(key);
  }
  return { scheme, coupons, keys, past: [], position: startOf(issued.firstDay) };
}

/**
 * Find a letter's coupons, each in the newest generation that the ledger has, as they are now; none when it is blank.
 *
 * @throws Trouble `letter_unknown`
 * @throws FileWrong
 */
export async function openLetter(server: Source, secret: Secret): Promise<Opened> {
  return readToEnd(server, secret, await findLetter(server, secret));
}

/**
 * Read all that changed since a letter's coupons were found. Of a letter of which none was issued, the coupons that moves
 * made are found.
 *
 * @throws FileWrong
 */
export async function readToEnd(server: Source, secret: Secret, found: Opened): Promise<Opened> {
  return readChanges(server, found, nextKeys(secret), found.coupons.length > 0 ? [] : blankCouponsOf(secret));
}

/**
 * Read all that changed since coupons were found.
 *
 * @param blankCoupons those that moves may have made
 * @throws FileWrong
 */
export async function readChanges(
  server: Source,
  found: Opened,
  next: NextKey,
  blankCoupons: readonly BlankCoupon[] = [],
): Promise<Opened> {
  const { afterStep, readOn, withMade } = await import("./sync");
  const keys = [...found.keys];
  const shares = new Map();
  let opened = found;
  for await (const step of readOn(server, found.scheme.id, found.position, null)) {
    const whole = withMade(opened, step, keys, blankCoupons, shares);
    const { coupons, past } = afterStep(whole, step, keys, next, shares);
    opened = { ...opened, coupons, past, position: step.position };
  }
  return { ...opened, keys };
}

/** The coupons that a blank letter can have. */
export function blankCouponsOf(secret: Secret): BlankCoupon[] {
  return derive(secret, 0, MAX_COUPONS).map((each, index) => ({ ...each, index }));
}

/**
 * The key of one coupon of a letter.
 *
 * @throws Trouble `letter_unknown` when the secret is zero, as a wiped one is: anybody can make its keys.
 */
export function keyOf(secret: Secret, generation: number, index: number): Key {
  if (secret.secret.every((byte) => byte === 0)) throw new Trouble<LetterTroubleCode>("letter_unknown");
  return couponKey(secret, generation, index);
}

/** Makes the keys of next generations from a letter's secret. */
export function nextKeys(secret: Secret): NextKey {
  return ({ generation, index }) => {
    const after = generation + 1;
    return after <= LAST_GENERATION ? { key: keyOf(secret, after, index), generation: after } : null;
  };
}

function derive(secret: Secret, from: number, to: number): { key: Key; address: Address }[] {
  return Array.from({ length: to - from }, (_, place) => {
    const key = keyOf(secret, 0, from + place);
    return { key, address: addressOf(key) };
  });
}

/** Call a function after the screen is rendered and the requests are sent. */
async function afterRender<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve));
  return work();
}
