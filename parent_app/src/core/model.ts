/** What the phone knows: of the letters, the schemes and the shops. Amounts in cents. */

import type { Help } from "web_shared/help";
import type { Sealed } from "web_shared/device/vault";
import type { Address } from "web_shared/protocol/bytes";
import type { Domain, Spend } from "web_shared/protocol/messages";
import type { CouponPayment } from "web_shared/protocol/states";
import type { Category } from "web_shared/categories";
import type { Coupon as Spendable } from "web_shared/wallet";

export interface Coupon extends Spendable {
  readonly value: number;
  readonly history: readonly CouponPayment[];
}

/** A code that was shown and could still be paid. */
export interface ShownCode {
  text: string;
  spend: Spend;
  /** The coupons that are in every code with this nonce: of such codes one at most can be paid. */
  tied: readonly Address[];
}

export interface Letter {
  id: string;
  /** Typed by the parent, kept on the phone only. */
  name: string;
  /** Its place among the letters, which are in the order in which they were added; 0 when it has none. */
  place?: number;
  scheme: number;
  coupons: readonly Coupon[];
  /** The coupons' keys, in the order of the coupons. */
  keys: Sealed;
  /** What was bought with earlier generations, as it was when the letter was read. */
  past: readonly CouponPayment[];
  code: ShownCode | null;
  /** The highest nonce that this phone put in a code. */
  shownNonce: number;
  /** How far each bucket was read, on which ledger. */
  read: { ledger: string; prefixLength: number; blocks: Record<string, number> };
  /** Unix seconds of the last answer; null before the first. */
  syncedAt: number | null;
}

export interface Scheme {
  id: number;
  name: string;
  opens: number;
  closes: number;
  paused: boolean;
  closed: boolean;
  prefixLength: number;
  /** What the municipality says of it; empty for nothing. */
  text: string;
}

/** WGS 84, in decimal degrees. */
export interface Location {
  latitude: number;
  longitude: number;
}

export interface Shop {
  id: number;
  name: string;
  address: string;
  /** Null when nobody knows; not there in a list of before it was told. */
  location?: Location | null;
  categories: string[];
  permitted: boolean;
}

/** What everybody may know, kept for when there is no network. */
export interface Facts {
  ledger: Domain | null;
  schemes: Record<number, Scheme>;
  shops: Record<number, Shop[]>;
  categories: Category[];
  /** Null before the first answer. */
  help: Help | null;
  /** The server's clock minus this device's, in seconds. */
  clockOffset: number;
}

export interface Settings {
  language: string | null;
  /** The letter that was looked at last. */
  current: string | null;
  /** The shop that a code was last bound to, by scheme; kept on the phone only. */
  lastShops: Record<number, number>;
  /** Whether the advice about the home screen was put away. */
  installSeen: boolean;
}

export const NO_FACTS: Facts = {
  ledger: null,
  schemes: {},
  shops: {},
  categories: [],
  help: null,
  clockOffset: 0,
};

export const FIRST_SETTINGS: Settings = { language: null, current: null, lastShops: {}, installSeen: false };

/** In the order in which they were added. */
export function inOrder(letters: readonly Letter[]): Letter[] {
  return [...letters].sort((one, other) => (one.place ?? 0) - (other.place ?? 0));
}

export function left(letter: Letter): number {
  return letter.coupons.reduce((sum, coupon) => sum + coupon.remaining, 0);
}

/** Whether what was on this coupon went to another one: less is left than was not spent. */
export function wasMoved(coupon: Coupon): boolean {
  const spent = coupon.history.reduce((sum, entry) => sum + entry.amount - entry.refunded, 0);
  return coupon.remaining === 0 && coupon.value > spent;
}
