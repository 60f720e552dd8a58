/**
 * What a coupon's holder alone can read about it. The server encrypts it to the coupon's public key
 * with ECIES, as eciespy and eciesjs do by default: secp256k1, HKDF-SHA256 over both uncompressed
 * points, AES-256-GCM with a nonce of 16 bytes.
 */

import { gcm } from "@noble/ciphers/aes.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, fromHex } from "./bytes";
import { readProofCode } from "./enrolment";
import type { Key } from "./signatures";

const POINT_BYTES = 65;
const NONCE_BYTES = 16;
const TAG_BYTES = 16;

/** A coupon since its first use; amounts in cents. */
export interface CouponState {
  readonly remaining: number;
  readonly lastNonce: number;
  readonly history: readonly CouponPayment[];
}

/** A payment that drew on a coupon, and what came back on it. */
export interface CouponPayment {
  readonly shop: number;
  readonly amount: number;
  readonly refunded: number;
  /** RFC 3339, in UTC. */
  readonly time: string;
  /** The proof code, as it is shown; a state that was sealed by an older server may lack it. */
  readonly proof?: string;
}

/** Not encrypted to this key, or not a state. */
export class StateUnreadable extends Error {
  override readonly name = "StateUnreadable";
}

/** @throws StateUnreadable */
export function openState(sealed: string, key: Key): CouponState {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(decrypt(fromHex(sealed), key));
    return checkState(JSON.parse(text));
  } catch (error) {
    throw new StateUnreadable("this state cannot be read with this key", { cause: error });
  }
}

export function decrypt(sealed: Uint8Array, key: Key): Uint8Array {
  const ephemeral = sealed.subarray(0, POINT_BYTES);
  const nonce = sealed.subarray(POINT_BYTES, POINT_BYTES + NONCE_BYTES);
  const body = sealed.subarray(POINT_BYTES + NONCE_BYTES);
  const shared = secp256k1.getSharedSecret(key, ephemeral, false);
  const secret = hkdf(sha256, concatBytes(ephemeral, shared), undefined, undefined, 32);
  // They put the tag in front; AES-GCM libraries want it behind.
  const reordered = concatBytes(body.subarray(TAG_BYTES), body.subarray(0, TAG_BYTES));
  return gcm(secret, nonce).decrypt(reordered);
}

function checkState(value: unknown): CouponState {
  const state = value as CouponState;
  const numbers = [state.remaining, state.lastNonce];
  for (const { shop, amount, refunded, time, proof } of state.history) {
    numbers.push(shop, amount, refunded);
    if (Number.isNaN(Date.parse(time))) throw new RangeError("not a time");
    if (proof !== undefined && readProofCode(proof) !== proof) throw new RangeError("not a proof code");
  }
  if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) {
    throw new RangeError("not a whole number");
  }
  return state;
}
