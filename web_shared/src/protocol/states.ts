/**
 * Sealed coupon states, readable by the coupon's holder only. The server encrypts a state to the coupon's public
 * key with ECIES, with the defaults of eciespy and eciesjs: secp256k1, HKDF-SHA256 over both uncompressed points,
 * AES-256-GCM with a nonce of 16 bytes.
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

/** The state of a coupon that was used; amounts in cents. */
export interface CouponState {
  readonly remaining: number;
  readonly lastNonce: number;
  readonly history: readonly CouponPayment[];
}

/** A coupon's part in a payment, and in its refunds; amounts in cents. */
export interface CouponPayment {
  readonly shop: number;
  readonly amount: number;
  readonly refunded: number;
  /** RFC 3339, in UTC. */
  readonly time: string;
  /** The proof code, in groups; missing in states that an older server sealed. */
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
  // ECIES puts the tag before the ciphertext; AES-GCM libraries expect it after.
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
