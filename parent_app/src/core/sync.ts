/** Synchronises a letter: reads the changes in its buckets, and decrypts them with its keys. */

import type { Domain } from "web_shared/protocol/messages";
import type { Key } from "web_shared/protocol/signatures";
import { readBuckets } from "./buckets";
import { withKeys } from "./keys";
import { toCoupon } from "./letters";
import type { Coupon, Letter, Scheme } from "./model";
import type { Server } from "./server";
import type { Vault } from "web_shared/device/vault";

/** Changes found in the buckets, to be applied to the current version of the letter. */
export interface Changes {
  coupons: Coupon[];
  read: Letter["read"];
  at: number;
}

export function ledgerName(domain: Domain): string {
  return `${domain.chainId}:${domain.verifyingContract}`;
}

export async function readChanges(
  server: Server,
  vault: Vault,
  letter: Letter,
  scheme: Scheme,
  domain: Domain,
  now: number,
): Promise<Changes> {
  const ledger = ledgerName(domain);
  const { prefixLength } = scheme;
  const incremental = letter.read.ledger === ledger && letter.read.prefixLength === prefixLength;
  const addresses = letter.coupons.map(({ address }) => address);
  const blocks = incremental ? letter.read.blocks : {};
  const found = await readBuckets(server, letter.scheme, prefixLength, addresses, blocks);
  const coupons = found.coupons.size === 0 ? [] : await withKeys(vault, letter, (keys) => opened(keys));
  return { coupons, read: { ledger, prefixLength, blocks: found.blocks }, at: now };

  function opened(keys: Key[]): Promise<Coupon[]> {
    const changed = letter.coupons.flatMap(({ address, index, generation }, place) => {
      const now = found.coupons.get(address);
      return now ? [toCoupon(now, index, generation, keys[place]!)] : [];
    });
    return Promise.all(changed);
  }
}

export function withChanges(letter: Letter, { coupons, read, at }: Changes): Letter {
  const changed = new Map(coupons.map((coupon) => [coupon.address, coupon]));
  const updated = letter.coupons.map((coupon) => changed.get(coupon.address) ?? coupon);
  return { ...letter, coupons: updated, read, syncedAt: at };
}
