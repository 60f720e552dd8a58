/** A letter's coupons as its files tell, and how far these were read. Amounts in cents. */

import type { Address, Hex } from "../protocol/bytes";
import type { CouponPayment, CouponState } from "../protocol/changes";
import { monthOf } from "../protocol/periods";
import type { Coupon as Spendable } from "../wallet";

const SHA256_OF_NOTHING = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface Coupon extends Spendable, CouponState {
  /** What was on it first. */
  readonly value: number;
  /** How many of its changes were read in the month of the letter's position. */
  readonly entries: number;
}

/** How far the files of a scheme were read. */
export interface Position {
  readonly month: number;
  /** The public key of that month; null before a file of it was read. */
  readonly monthKey: Hex | null;
  readonly day: number;
  /** Where the groups of the last minute begin in the day's file; 0 when no group of it was read. */
  readonly from: number;
  /** SHA-256 of what was read from there, and its length; it never changes. */
  readonly read: { readonly bytes: number; readonly sha256: Hex };
}

/** What reading changes of a letter. */
export interface Read {
  coupons: readonly Coupon[];
  /** The payments of earlier generations. */
  past: readonly CouponPayment[];
  /** Null when the files are to be read from the start. */
  position: Position | null;
}

/** The position before the first byte of a day. */
export function startOf(day: number): Position {
  return { month: monthOf(day), monthKey: null, day, from: 0, read: { bytes: 0, sha256: SHA256_OF_NOTHING } };
}

/** A coupon before its first use. */
export function unused(address: Address, index: number, generation: number, value: number): Coupon {
  return { address, index, generation, value, remaining: value, lastNonce: 0, history: [], moved: null, entries: 0 };
}
