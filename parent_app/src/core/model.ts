/** The data on the phone: letters, schemes and shops. Amounts in cents. */

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

/** A code that was shown and may still be paid. */
export interface ShownCode {
  text: string;
  spend: Spend;
  /** The coupons that all codes with this nonce share; therefore at most one of these codes can be paid. */
  tied: readonly Address[];
}

export interface Letter {
  id: string;
  /** Typed by the parent, kept on the phone only. */
  name: string;
  /** Position among the letters, in the order in which they were added; missing in letters of an older version. */
  place?: number;
  scheme: number;
  coupons: readonly Coupon[];
  /** The coupons' keys, in the order of the coupons. */
  keys: Sealed;
  /** The payments of earlier generations, as they were when the letter was read. */
  past: readonly CouponPayment[];
  code: ShownCode | null;
  /** The highest nonce of a code that this phone made. */
  shownNonce: number;
  /** The block up to which each bucket was read, by prefix, and on which ledger. */
  read: { ledger: string; prefixLength: number; blocks: Record<string, number> };
  /** Unix seconds of the last refresh; null before the first. */
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
  /** The municipality's text for parents, or empty. */
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
  /** Null when unknown; missing in lists that were stored by an older version. */
  location?: Location | null;
  categories: string[];
  permitted: boolean;
}

/** Public data, stored for offline use. */
export interface Facts {
  ledger: Domain | null;
  schemes: Record<number, Scheme>;
  shops: Record<number, Shop[]>;
  categories: Category[];
  /** Null before it is fetched. */
  help: Help | null;
  /** The server's clock minus this device's, in seconds. */
  clockOffset: number;
}

export interface Settings {
  language: string | null;
  /** The id of the letter that was shown last. */
  current: string | null;
  /** The shop that a code was last bound to, by scheme; stored on the phone only. */
  lastShops: Record<number, number>;
  /** Whether the advice to install the app was dismissed. */
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

/** Sorted by the order in which they were added. */
export function inOrder(letters: readonly Letter[]): Letter[] {
  return [...letters].sort((one, other) => (one.place ?? 0) - (other.place ?? 0));
}

export function left(letter: Letter): number {
  return letter.coupons.reduce((sum, coupon) => sum + coupon.remaining, 0);
}

/** Whether this coupon was moved: nothing is left although less than its value was spent. */
export function wasMoved(coupon: Coupon): boolean {
  const spent = coupon.history.reduce((sum, entry) => sum + entry.amount - entry.refunded, 0);
  return coupon.remaining === 0 && coupon.value > spent;
}
