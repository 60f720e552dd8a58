/** Makes files of coupons and of changes, as a server does, also wrong ones. */

import { gcm } from "@noble/ciphers/aes.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type Address, concatBytes, fromHex, type Hex, toHex, uint } from "../src/protocol/bytes";
import { type Period, minutesOf, monthOf } from "../src/protocol/periods";
import { addressOf, type Key } from "../src/protocol/signatures";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

export const SCHEME = 1;
/** 15 January 2027, 09:00 in UTC, and its day. */
export const NINE = 1_800_003_600;
export const DAY = 20_833;
export const MONTH = 202_701;
/** The month's private key, and its public key. */
export const MONTHS_OWN = new Uint8Array(32).fill(9);
export const MONTH_KEY = toHex(secp256k1.getPublicKey(MONTHS_OWN));

/** What an entry says; amounts in cents. */
export interface Told {
  key: Key;
  kind: number;
  shop?: number;
  amount: number;
  debit?: number;
  nonce?: number;
  time?: number;
  id?: Hex;
  padding?: number;
}

/** An entry of 56 bytes. `number` counts from 0 within coupon and month. */
export function entry(told: Told, number: number, month = MONTH, own = MONTHS_OWN): Uint8Array {
  const { tag, key, nonce } = secretsOf(told.key, number, month, own);
  const { kind, shop = 0, amount, debit = 0, nonce: used = 0, time = NINE, id = `0x${"00".repeat(7)}`, padding = 0 } = told;
  const numbers = [uint(kind, 1), uint(shop, 4), uint(amount, 4), uint(debit, 4), uint(used, 5), uint(time, 5)];
  return concatBytes(tag, gcm(key, nonce).encrypt(concatBytes(...numbers, fromHex(id, 7), uint(padding, 2))));
}

export function secretsOf(coupon: Key, number: number, month = MONTH, own = MONTHS_OWN) {
  const shared = sha256(secp256k1.getSharedSecret(own, secp256k1.getPublicKey(coupon)));
  const info = concatBytes(text("change"), uint(month, 4), uint(number, 4));
  const okm = hkdf(sha256, shared, text("kindpakket/v1"), info, 52);
  return { tag: okm.subarray(0, 8), key: okm.subarray(8, 40), nonce: okm.subarray(40) };
}

export function group(entries: readonly Uint8Array[], minute = NINE / 60): Uint8Array {
  return concatBytes(uint(minute, 4), uint(entries.length, 2), ...entries);
}

export function header({ kind, number }: Period, scheme = SCHEME, key: Hex = MONTH_KEY): Uint8Array {
  return concatBytes(text(kind === "day" ? "KD" : "KM"), uint(1, 1), uint(scheme, 2), uint(number, 4), fromHex(key));
}

export function end(period: Period): Uint8Array {
  return concatBytes(uint(minutesOf(period)[1] - 1, 4), uint(0, 2));
}

export function dayFile(groups: readonly Uint8Array[] = [], number = DAY, over = false): Uint8Array {
  const period: Period = { kind: "day", number };
  return concatBytes(header(period), ...groups, ...(over ? [end(period)] : []));
}

export function monthFile(groups: readonly Uint8Array[] = [], number = monthOf(DAY), over = false): Uint8Array {
  const period: Period = { kind: "month", number };
  return concatBytes(header(period), ...groups, ...(over ? [end(period)] : []));
}

/** A coupons file with these addresses, by value in cents. */
export function couponsFile(values: Record<number, readonly Address[]>, scheme = SCHEME, firstDay = DAY): Uint8Array {
  const sections = Object.entries(values).map(([value, addresses]) => {
    const starts = addresses.map((address) => address.slice(0, 14) as Hex).sort();
    return concatBytes(uint(Number(value), 4), uint(starts.length, 4), ...starts.map((start) => fromHex(start, 6)));
  });
  return concatBytes(text("KC"), uint(1, 1), uint(scheme, 2), uint(firstDay, 4), ...sections);
}

export function keyOf(number: number): Key {
  return new Uint8Array(32).fill(number);
}

/** The first bytes of the address of a key. */
export function startOf(key: Key): Hex {
  return addressOf(key).slice(0, 16) as Hex;
}
