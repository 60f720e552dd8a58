/** Finds the coupons of a letter by its secret; the caller wipes the secret afterwards. */

import { Refused } from "web_shared/api/problems";
import type { Address } from "web_shared/protocol/bytes";
import { couponKey } from "web_shared/protocol/keys";
import { type Letter as Secret, MAX_COUPONS } from "web_shared/protocol/letters";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import type { CouponPayment, CouponState } from "web_shared/protocol/states";
import { cached, readBuckets } from "./buckets";
import { type Coupon, type Scheme, wasMoved } from "./model";
import type { BucketCoupon, Server } from "./server";
import { ParentTrouble } from "./trouble";

const GENERATIONS = 256;
/** Indexes that are looked up first, one more than most letters have; the others only when the last of these exists. */
const FIRST_COUPONS = 7;

export interface Opened {
  scheme: Scheme;
  /** Each in the newest generation that the ledger has. */
  coupons: Coupon[];
  /** In the order of the coupons. */
  keys: Key[];
  /** The payments of earlier generations. */
  past: CouponPayment[];
  /** Addresses of all generations, to find the letter if it is on the phone already. */
  addresses: Address[];
  /** The block up to which each bucket was read, by prefix. */
  blocks: Record<string, number>;
}

interface Found {
  coupon: Coupon;
  key: Key;
}

/** @throws ParentTrouble `letter_unknown` when this ledger has none of its coupons. */
export async function openLetter(server: Server, secret: Secret): Promise<Opened> {
  const buckets = cached(server);
  const asked = findScheme(server, secret.scheme);
  const newest = new Map<number, Found>();
  const past: CouponPayment[] = [];
  const addresses: Address[] = [];
  const blocks: Record<string, number> = {};

  /** Look up coupons of a generation; return the indexes of those that exist. */
  async function look(generation: number, indexes: readonly number[]): Promise<number[]> {
    // Keys are derived while the request for the scheme runs.
    const [keys, scheme] = await Promise.all([afterRender(() => derive(secret, generation, indexes)), asked]);
    const ours = keys.map(({ address }) => address);
    const read = await readBuckets(buckets, scheme.id, scheme.prefixLength, ours);
    Object.assign(blocks, read.blocks);
    const known = keys.filter(({ address }) => read.coupons.has(address));
    for (const { index, key, address } of known) {
      addresses.push(address);
      const older = newest.get(index);
      if (older) past.push(...older.coupon.history);
      older?.key.fill(0);
      const coupon = await toCoupon(read.coupons.get(address)!, index, generation, key);
      newest.set(index, { key, coupon });
    }
    return known.map(({ index }) => index);
  }

  let known = await look(0, range(0, FIRST_COUPONS));
  if (known.includes(FIRST_COUPONS - 1)) known.push(...(await look(0, range(FIRST_COUPONS, MAX_COUPONS))));
  for (let generation = 1; known.length > 0 && generation < GENERATIONS; generation++) {
    if (!mayHaveMoved([...newest.values()])) break;
    known = await look(generation, known);
  }
  if (newest.size === 0) throw new ParentTrouble("letter_unknown");
  const found = [...newest.values()].sort((a, b) => a.coupon.index - b.coupon.index);
  const coupons = found.map(({ coupon }) => coupon);
  return { scheme: await asked, coupons, keys: found.map(({ key }) => key), past, addresses, blocks };
}

/** Whether to look up the next generation. The state of a coupon that was moved while empty does not show the move. */
function mayHaveMoved(found: readonly Found[]): boolean {
  const coupons = found.map(({ coupon }) => coupon);
  return coupons.some(wasMoved) || coupons.every(({ remaining }) => remaining === 0);
}

export async function toCoupon(
  { address, value, state }: BucketCoupon,
  index: number,
  generation: number,
  key: Key,
): Promise<Coupon> {
  return { address, index, generation, value, ...(await openedState(value, state, key)) };
}

/** Decrypt a state. The code for it is loaded on first use: most letters are unused when they are scanned. */
async function openedState(value: number, state: string | null, key: Key): Promise<CouponState> {
  if (state === null) return { remaining: value, lastNonce: 0, history: [] };
  const { openState } = await import("web_shared/protocol/states");
  return openState(state, key);
}

function derive(secret: Secret, generation: number, indexes: readonly number[]) {
  return indexes.map((index) => {
    const key = couponKey(secret, generation, index);
    return { index, key, address: addressOf(key) };
  });
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, place) => start + place);
}

/** Call a function after the screen is rendered and the requests are sent. */
async function afterRender<T>(work: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve));
  return work();
}

async function findScheme(server: Server, id: number): Promise<Scheme> {
  try {
    return await server.scheme(id);
  } catch (error) {
    throw error instanceof Refused ? new ParentTrouble("letter_unknown") : error;
  }
}
