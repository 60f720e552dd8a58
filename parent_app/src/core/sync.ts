/** Bringing a letter up to date: what changed in its buckets, read with its own keys. */

import type { Domain } from "web_shared/protocol/messages";
import type { Key } from "web_shared/protocol/signatures";
import { readBuckets } from "./buckets";
import { withKeys } from "./keys";
import { toCoupon } from "./letters";
import type { Coupon, Letter, Scheme } from "./model";
import type { Server } from "./server";
import type { Vault } from "web_shared/device/vault";

/** What a look at the buckets found, to be put into the letter as it is by then. */
export interface News {
  coupons: Coupon[];
  read: Letter["read"];
  at: number;
}

export function ledgerName(domain: Domain): string {
  return `${domain.chainId}:${domain.verifyingContract}`;
}

export async function readNews(
  server: Server,
  vault: Vault,
  letter: Letter,
  scheme: Scheme,
  domain: Domain,
  now: number,
): Promise<News> {
  const ledger = ledgerName(domain);
  const { prefixLength } = scheme;
  const goesOn = letter.read.ledger === ledger && letter.read.prefixLength === prefixLength;
  const addresses = letter.coupons.map(({ address }) => address);
  const blocks = goesOn ? letter.read.blocks : {};
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

export function withNews(letter: Letter, { coupons, read, at }: News): Letter {
  const changed = new Map(coupons.map((coupon) => [coupon.address, coupon]));
  const updated = letter.coupons.map((coupon) => changed.get(coupon.address) ?? coupon);
  return { ...letter, coupons: updated, read, syncedAt: at };
}
