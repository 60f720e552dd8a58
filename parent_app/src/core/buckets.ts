/** Queries of whole buckets in random order, so that the server does not learn which coupons are meant. */

import type { Address } from "web_shared/protocol/bytes";
import type { Bucket, BucketCoupon, Server } from "./server";

export type Buckets = Pick<Server, "bucket">;

export interface Read {
  coupons: Map<Address, BucketCoupon>;
  blocks: Record<string, number>;
}

export function prefixOf(address: Address, length: number): string {
  return address.slice(2, 2 + length);
}

/**
 * Read the buckets that these addresses are in.
 *
 * @param blocks the block up to which each bucket was read before, by prefix; only later changes are returned
 */
export async function readBuckets(
  server: Buckets,
  scheme: number,
  prefixLength: number,
  addresses: readonly Address[],
  blocks: Record<string, number> = {},
): Promise<Read> {
  const prefixes = [...new Set(addresses.map((address) => prefixOf(address, prefixLength)))];
  const wanted = new Set(addresses);
  const read: Read = { coupons: new Map(), blocks: {} };
  for (const prefix of shuffled(prefixes)) {
    const bucket = await server.bucket(scheme, prefix, blocks[prefix]);
    read.blocks[prefix] = bucket.block;
    for (const coupon of bucket.coupons) {
      if (wanted.has(coupon.address)) read.coupons.set(coupon.address, coupon);
    }
  }
  return read;
}

/** A cache that fetches each bucket once for all generations. */
export function cached(server: Buckets): Buckets {
  const asked = new Map<string, Promise<Bucket>>();
  return {
    bucket(scheme, prefix) {
      const answer = asked.get(prefix) ?? server.bucket(scheme, prefix);
      asked.set(prefix, answer);
      return answer;
    },
  };
}

function shuffled<T>(things: readonly T[]): T[] {
  const keyed = things.map((thing) => ({ thing, order: randomNumber() }));
  return keyed.sort((a, b) => a.order - b.order).map(({ thing }) => thing);
}

function randomNumber(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
