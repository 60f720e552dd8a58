/** Reads the files of a scheme from a position on, and applies what they have to letters of that scheme. */

import type { Address, Hex } from "../protocol/bytes";
import {
  afterChange, type Change, findChange, findMade, hashOf, HEADER_BYTES, type Part, readFile, readGroups, shareOf,
} from "../protocol/changes";
import { FileWrong, readIssued } from "../protocol/issued";
import { firstDayOf, monthAfter, monthOf, monthsBetween } from "../protocol/periods";
import { addressOf, type Key } from "../protocol/signatures";
import { type Coupon, type Position, type Read, startOf, unused } from "./coupons";
import type { LetterServer } from "./server";

export type Files = Pick<LetterServer, "month" | "day">;

/** More whole months than this are read by month, fewer by day. */
const MONTHS_BY_DAY = 1;

/** A part that was read, and the position after it. */
export interface Step {
  month: number;
  monthKey: Hex;
  /** Null when it has nothing new. */
  part: Part | null;
  position: Position;
}

/** What was read before is not in the file any more: all is to be read again. */
export class FileReplaced extends FileWrong {}

/** The key to which a coupon is moved, and its generation; null when this device cannot make it. */
export type NextKey = (coupon: Coupon) => { key: Key; generation: number } | null;

/** Secrets that coupons share with months' keys, by both; in memory only. */
export type Shares = Map<string, Uint8Array>;

/** The earliest position of a scheme's letters, which they share from there on; the start when one has none. */
export async function findStart(
  server: Pick<LetterServer, "coupons">,
  scheme: number,
  letters: readonly Pick<Read, "position">[],
): Promise<Position> {
  const positions = letters.flatMap(({ position }) => position ?? []);
  if (positions.length === letters.length) return positions.reduce(earlier);
  return startOf(readIssued(await server.coupons(scheme), scheme).firstDay);
}

function earlier(one: Position, other: Position): Position {
  const [days, bytes] = [one.day - other.day, one.from + one.read.bytes - other.from - other.read.bytes];
  return (days || bytes) <= 0 ? one : other;
}

/**
 * Read the files from a position up to the last that there is. What is asked for depends on the position and the time,
 * and on nothing that a letter holds.
 *
 * @param today the day by the ledger's clock; null to begin with the files of months
 * @throws FileWrong
 * @throws FileReplaced
 */
export async function* readOn(files: Files, scheme: number, start: Position, today: number | null): AsyncGenerator<Step> {
  let position = start;
  const missing = today === null ? Infinity : monthsBetween(start.month, monthOf(today)) - 1;
  for (let over = missing > MONTHS_BY_DAY; over; ) {
    const step = await readMonth(files, scheme, position);
    yield step;
    over = step.part!.over && (today === null || step.position.month <= monthOf(today));
    position = step.position;
  }
  for (let over = true; over; ) {
    const step = await readDay(files, scheme, position);
    yield step;
    over = step.position.day > position.day && (today === null || step.position.day <= today);
    position = step.position;
  }
}

async function readMonth(files: Files, scheme: number, { month, monthKey, day }: Position): Promise<Step> {
  const bytes = await files.month(scheme, month);
  const { key, part } = readFile(bytes, scheme, { kind: "month", number: month });
  checkKey(key, monthKey);
  if (part.over) return { month, monthKey: key, part, position: startOf(firstDayOf(monthAfter(month))) };
  if (part.lastDay === null || part.lastDay < day) {
    return { month, monthKey: key, part, position: { ...startOf(day), monthKey: key } };
  }
  // In the file of the last day, its groups follow the header.
  const from = HEADER_BYTES + part.minuteAt - part.dayAt;
  const position = { ...startOf(part.lastDay), monthKey: key, from, read: readFrom(part) };
  return { month, monthKey: key, part, position };
}

async function readDay(files: Files, scheme: number, position: Position): Promise<Step> {
  const { month, day, from } = position;
  const period = { kind: "day", number: day } as const;
  const { bytes, whole } = await files.day(scheme, day, from);
  const file = whole ? readFile(bytes, scheme, period) : null;
  if (file) checkKey(file.key, position.monthKey);
  const at = whole ? from : 0;
  const known = bytes.subarray(at, at + position.read.bytes);
  if (hashOf(known) !== position.read.sha256) throw new FileReplaced("other bytes than before");
  const monthKey = file?.key ?? position.monthKey!;
  const part = file?.part ?? readGroups(bytes, 0, period);
  const grown = part.lastDay !== null && part.end > at + known.length;
  const step = { month, monthKey, part: grown ? part : null };
  if (part.over) return { ...step, position: dayAfter(day, month, monthKey) };
  if (!grown && monthKey === position.monthKey) return { ...step, position };
  const reached = part.lastDay === null ? {} : { from: from - at + part.minuteAt, read: readFrom(part) };
  return { ...step, position: { ...position, monthKey, ...reached } };
}

function dayAfter(day: number, month: number, monthKey: Hex): Position {
  const next = startOf(day + 1);
  return next.month === month ? { ...next, monthKey } : next;
}

/** What of a part will be asked for again: the groups of its last minute. */
function readFrom({ bytes, minuteAt, end }: Part): Position["read"] {
  const last = bytes.subarray(minuteAt, end);
  return { bytes: last.length, sha256: hashOf(last) };
}

function checkKey(key: Hex, known: Hex | null): void {
  if (known !== null && key !== known) throw new FileReplaced("another key than before");
}

/** A coupon that a blank letter has when a move made it. */
export interface BlankCoupon {
  readonly index: number;
  readonly address: Address;
  readonly key: Key;
}

/**
 * Add the coupons that moves in a step made to a blank letter, in the order of their indices.
 *
 * @param keys in the order of the letter's coupons, likewise added to
 * @throws FileWrong
 */
export function withMade<L extends Read>(
  letter: L,
  step: Step,
  keys: Key[],
  blankCoupons: readonly BlankCoupon[],
  shares: Shares,
): L {
  const { part, month, monthKey } = step;
  if (part === null) return letter;
  const held = letter.coupons.map((coupon, place) => ({ coupon, key: keys[place]! }));
  for (const { index, address, key } of blankCoupons) {
    if (letter.coupons.some((coupon) => coupon.index === index)) continue;
    const amount = findMade(part, shareIn(shares, monthKey, address, key), month);
    if (amount !== null) held.push({ coupon: unused(address, index, 0, amount), key });
  }
  if (held.length === keys.length) return letter;
  held.sort((one, other) => one.coupon.index - other.coupon.index);
  keys.splice(0, keys.length, ...held.map(({ key }) => key));
  return { ...letter, coupons: held.map(({ coupon }) => coupon) };
}

function shareIn(shares: Shares, monthKey: Hex, address: Address, key: Key): Uint8Array {
  const name = `${monthKey} ${address}`;
  const share = shares.get(name) ?? shareOf(key, monthKey);
  shares.set(name, share);
  return share;
}

/**
 * Apply a step to a letter. The same step again changes nothing.
 *
 * @param keys in the order of the letter's coupons; the key of a next generation takes the place of the older one
 * @throws FileWrong
 */
export function afterStep(letter: Read, step: Step, keys: Key[], next: NextKey, shares: Shares): Read {
  const { part, month, position } = step;
  if (letter.position && letter.position.month > month) return letter;
  if (part === null && position.month === month) return { ...letter, position };
  const past = [...letter.past];
  const coupons = letter.coupons.map((coupon, place) => {
    const now = part ? afterPart(coupon, place, part) : coupon;
    return position.month === month ? now : { ...now, entries: 0 };
  });
  return { coupons, past, position };

  function afterPart(coupon: Coupon, place: number, part: Part): Coupon {
    let [now, group] = [coupon, 0];
    let successor: { coupon: Coupon; key: Key } | null = null;
    for (;;) {
      const found = findChange(part, shareIn(shares, step.monthKey, now.address, keys[place]!), month, now.entries, group);
      if (found) {
        group = found.group;
        now = { ...now, ...afterChange(now, found.change, past), entries: now.entries + 1 };
        successor = found.change.kind === "moved" ? successorOf(now, found.change) : null;
      } else if (successor) {
        past.push(...now.history);
        [now, keys[place], successor] = [successor.coupon, successor.key, null];
      } else return now;
    }
  }

  /** The coupon to which this one was moved, when its key is the expected one. */
  function successorOf(moved: Coupon, { id, amount }: Change): { coupon: Coupon; key: Key } | null {
    const to = next(moved);
    const address = to ? addressOf(to.key) : null;
    if (to === null || !address?.startsWith(id)) return null;
    return { key: to.key, coupon: unused(address, moved.index, to.generation, amount) };
  }
}
