/** Finds the coupons of a letter by its secret; the caller wipes the secret afterwards. */

import { Refused } from "web_shared/api/problems";
import type { Address } from "web_shared/protocol/bytes";
import { couponAddress, couponKey } from "web_shared/protocol/keys";
import { type Letter as Secret, MAX_COUPONS } from "web_shared/protocol/letters";
import { readIssued } from "web_shared/protocol/issued";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { type Coupon, type Letter, type Position, type Scheme, startOf, unused } from "./model";
import type { Server } from "./server";
import type { Blank, NextKey } from "./sync";
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
  return readChanges(server, found, nextKeys(secret), found.coupons.length > 0 ? [] : blanksOf(secret));
}

/**
 * Read all that changed since coupons were found.
 *
 * @param blanks those that moves may have made
 * @throws FileWrong
 */
export async function readChanges(
  server: Source,
  found: Opened,
  next: NextKey,
  blanks: readonly Blank[] = [],
): Promise<Opened> {
  const { afterStep, readOn, withMade } = await import("./sync");
  const keys = [...found.keys];
  const shares = new Map();
  let opened = found;
  for await (const step of readOn(server, found.scheme.id, found.position, null)) {
    const whole = withMade(opened, step, keys, blanks, shares);
    const { coupons, past } = afterStep(whole, step, keys, next, shares);
    opened = { ...opened, coupons, past, position: step.position };
  }
  return { ...opened, keys };
}

/** The coupons that a blank letter can have. */
export function blanksOf(secret: Secret): Blank[] {
  return derive(secret, 0, MAX_COUPONS).map((each, index) => ({ ...each, index }));
}

/** Makes the keys of next generations from a letter's secret. */
export function nextKeys(secret: Secret): NextKey {
  return ({ generation, index }) => {
    const after = generation + 1;
    return after <= LAST_GENERATION ? { key: couponKey(secret, after, index), generation: after } : null;
  };
}

/** Whether a coupon of a stored letter is of this secret, in any generation; of one that was moved whole, the first. */
export function isOf(secret: Secret, { scheme, coupons }: Letter): boolean {
  const here = coupons.filter(({ moved }) => moved === null);
  return (
    scheme === secret.scheme &&
    (here.length > 0 ? here : coupons.slice(0, 1)).some(
      ({ address, generation, index }) => address === couponAddress(secret, generation, index),
    )
  );
}

function derive(secret: Secret, from: number, to: number): { key: Key; address: Address }[] {
  return Array.from({ length: to - from }, (_, place) => {
    const key = couponKey(secret, 0, from + place);
    return { key, address: addressOf(key) };
  });
}

/** Call a function after the screen is rendered and the requests are sent. */
async function afterRender<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve));
  return work();
}
