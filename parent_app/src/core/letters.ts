/** Finds the coupons of a letter by its secret; the caller wipes the secret afterwards. */

import { Refused } from "web_shared/api/problems";
import type { Address } from "web_shared/protocol/bytes";
import { couponAddress, couponKey } from "web_shared/protocol/keys";
import { type Letter as Secret, MAX_COUPONS } from "web_shared/protocol/letters";
import { readIssued } from "web_shared/protocol/issued";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { type Coupon, type Letter, notMoved, type Position, type Scheme, startOf, unused } from "./model";
import type { Server } from "./server";
import type { BlankCoupon, NextKey } from "./sync";
import { ParentTrouble } from "./trouble";

const LAST_GENERATION = 255;
/** Coupons that are derived first, one more than most letters have. */
const FIRST_COUPONS = 13;

/** The files that everybody gets. */
export type Source = Pick<Server, "scheme" | "coupons" | "month" | "day">;

export interface Opened {
  scheme: Scheme;
  coupons: readonly Coupon[];
  /** In the order of the coupons. */
  keys: Key[];
  /** The payments of earlier generations. */
  past: Letter["past"];
  /** How far the files of the scheme were read. */
  position: Position;
}

/**
 * Find a letter's coupons as they were issued, without what was changed since; none when it was printed as a blank one.
 *
 * @throws ParentTrouble `letter_unknown` when this server has no coupons of its scheme.
 * @throws FileWrong
 */
export async function findLetter(server: Source, secret: Secret): Promise<Opened> {
  const asked = Promise.all([server.scheme(secret.scheme), server.coupons(secret.scheme)]);
  // Most keys are derived while the requests run.
  const [derived, [scheme, file]] = await Promise.all([afterRender(() => derive(secret, 0, FIRST_COUPONS)), asked]).catch(
    (error: unknown) => {
      throw error instanceof Refused ? new ParentTrouble("letter_unknown") : error;
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
 * @throws ParentTrouble `letter_unknown`
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
 * @throws ParentTrouble `letter_unknown` when the secret is zero, as a wiped one is: anybody can make its keys.
 */
export function keyOf(secret: Secret, generation: number, index: number): Key {
  if (secret.secret.every((byte) => byte === 0)) throw new ParentTrouble("letter_unknown");
  return couponKey(secret, generation, index);
}

/** Makes the keys of next generations from a letter's secret. */
export function nextKeys(secret: Secret): NextKey {
  return ({ generation, index }) => {
    const after = generation + 1;
    return after <= LAST_GENERATION ? { key: keyOf(secret, after, index), generation: after } : null;
  };
}

/**
 * Whether a stored letter has a coupon of this secret, in any generation. Coupons that were moved away do not count,
 * unless all were; then the first does.
 */
export function isOf(secret: Secret, letter: Letter): boolean {
  const here = notMoved(letter);
  return (here.length > 0 ? here : letter.coupons.slice(0, 1)).some((coupon) => isFrom(secret, letter, coupon));
}

/** Whether all coupons of a stored letter that were not moved away are of this secret. */
export function isAllOf(secret: Secret, letter: Letter): boolean {
  return notMoved(letter).every((coupon) => isFrom(secret, letter, coupon));
}

function isFrom(secret: Secret, { scheme }: Letter, { address, generation, index }: Coupon): boolean {
  return scheme === secret.scheme && address === couponAddress(secret, generation, index);
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
