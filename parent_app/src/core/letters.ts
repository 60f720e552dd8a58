/** From a letter's secret to the coupons it holds; whoever calls forgets the secret afterwards. */

import { Refused } from "web_shared/api/problems";
import type { Address } from "web_shared/protocol/bytes";
import { couponKey } from "web_shared/protocol/keys";
import { type Letter as Secret, MAX_COUPONS } from "web_shared/protocol/letters";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { type CouponPayment, openState } from "web_shared/protocol/states";
import { readBuckets } from "./buckets";
import type { Coupon, Scheme } from "./model";
import type { BucketCoupon, Server } from "./server";
import { ParentTrouble } from "./trouble";

const GENERATIONS = 256;

export interface Opened {
  scheme: Scheme;
  /** Each in the newest generation that the ledger knows. */
  coupons: Coupon[];
  /** In the order of the coupons. */
  keys: Key[];
  past: CouponPayment[];
  /** Those of every generation, by which a letter on the phone is recognised. */
  addresses: Address[];
}

interface Candidate {
  index: number;
  key: Key;
  address: Address;
}

interface Found {
  coupon: Coupon;
  key: Key;
}

/** @throws ParentTrouble `letter_unknown` when this ledger has none of its coupons. */
export async function openLetter(server: Server, secret: Secret): Promise<Opened> {
  const scheme = await findScheme(server, secret.scheme);
  const newest = new Map<number, Found>();
  const past: CouponPayment[] = [];
  const seen: Address[] = [];
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const candidates = deriveAll(secret, generation);
    const addresses = candidates.map(({ address }) => address);
    const read = await readBuckets(server, scheme.id, scheme.prefixLength, addresses);
    const known = candidates.filter(({ address }) => read.coupons.has(address));
    if (known.length === 0) break;
    for (const { index, key, address } of known) {
      seen.push(address);
      const older = newest.get(index);
      if (older) past.push(...older.coupon.history);
      older?.key.fill(0);
      newest.set(index, { key, coupon: toCoupon(read.coupons.get(address)!, index, generation, key) });
    }
  }
  if (newest.size === 0) throw new ParentTrouble("letter_unknown");
  const found = [...newest.values()].sort((a, b) => a.coupon.index - b.coupon.index);
  const coupons = found.map(({ coupon }) => coupon);
  return { scheme, coupons, keys: found.map(({ key }) => key), past, addresses: seen };
}

export function toCoupon(
  { address, value, state }: BucketCoupon,
  index: number,
  generation: number,
  key: Key,
): Coupon {
  const now = state === null ? fresh(value) : openState(state, key);
  return { address, index, generation, value, ...now };
}

function fresh(value: number): { remaining: number; lastNonce: number; history: CouponPayment[] } {
  return { remaining: value, lastNonce: 0, history: [] };
}

function deriveAll(secret: Secret, generation: number): Candidate[] {
  return Array.from({ length: MAX_COUPONS }, (_, index) => {
    const key = couponKey(secret, generation, index);
    return { index, key, address: addressOf(key) };
  });
}

async function findScheme(server: Server, id: number): Promise<Scheme> {
  try {
    return await server.scheme(id);
  } catch (error) {
    throw error instanceof Refused ? new ParentTrouble("letter_unknown") : error;
  }
}
