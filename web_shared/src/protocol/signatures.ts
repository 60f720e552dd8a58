/** ECDSA signatures over secp256k1 in the compact form of EIP-2098: `r ‖ yParityAndS`, 64 bytes, low s only. */

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Address, concatBytes, fromHex, toHex } from "./bytes";

/** A private key, 32 bytes. */
export type Key = Uint8Array;

export const SIGNATURE_BYTES = 64;

/** The group order n of secp256k1. */
export const ORDER = secp256k1.Point.Fn.ORDER;

const PARITY = 0x80;

export class SignatureMalformed extends Error {
  override readonly name = "SignatureMalformed";
}

/** Generate a random private key. */
export function generateKey(): Key {
  return secp256k1.utils.randomSecretKey();
}

/** Sign a 32-byte digest. Deterministic (RFC 6979). */
export function sign(digest: Uint8Array, key: Key): Uint8Array {
  const recovered = secp256k1.sign(digest, key, { prehash: false, format: "recovered" });
  const signature = recovered.slice(1);
  if (recovered[0] === 1) signature[32]! |= PARITY;
  return signature;
}

/**
 * Check length and ranges, which needs no message.
 *
 * @throws SignatureMalformed
 */
export function checkForm(signature: Uint8Array): void {
  if (signature.length !== SIGNATURE_BYTES) {
    throw new SignatureMalformed("a signature has 64 bytes");
  }
  const r = number(signature.subarray(0, 32));
  const s = number(withoutParity(signature).subarray(32));
  if (!(r > 0n && r < ORDER && s > 0n && s <= ORDER / 2n)) {
    throw new SignatureMalformed("r or s is out of range");
  }
}

/**
 * The address whose key signed this digest.
 *
 * @throws SignatureMalformed when no public key can be recovered.
 */
export function recover(digest: Uint8Array, signature: Uint8Array): Address {
  checkForm(signature);
  const parity = Uint8Array.of(signature[32]! >> 7);
  const recovered = concatBytes(parity, withoutParity(signature));
  let publicKey: Uint8Array;
  try {
    publicKey = secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
  } catch {
    throw new SignatureMalformed("no public key can be recovered");
  }
  return addressOfPublicKey(secp256k1.Point.fromBytes(publicKey).toBytes(false));
}

export function addressOf(key: Key): Address {
  return addressOfPublicKey(secp256k1.getPublicKey(key, false));
}

/** The address in the mixed case of EIP-55, which sign-in messages require. */
export function checksumAddress(address: Address): Address {
  const plain = address.slice(2).toLowerCase();
  const hash = toHex(keccak_256(new TextEncoder().encode(plain))).slice(2);
  const mixed = [...plain].map((digit, place) =>
    parseInt(hash[place]!, 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${mixed.join("")}`;
}

/** Sign a text by EIP-191 (`personal_sign`), for a session. */
export function signText(text: string, key: Key): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const head = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${bytes.length}`);
  return sign(keccak_256(concatBytes(head, bytes)), key);
}

function addressOfPublicKey(uncompressed: Uint8Array): Address {
  return toHex(keccak_256(uncompressed.subarray(1)).subarray(-20));
}

function withoutParity(signature: Uint8Array): Uint8Array {
  const plain = signature.slice();
  plain[32]! &= ~PARITY;
  return plain;
}

export function number(bytes: Uint8Array): bigint {
  return BigInt(toHex(bytes));
}

/** An integer below 2^256 as 32 big-endian bytes. */
export function bytes32(value: bigint): Uint8Array {
  return fromHex(`0x${value.toString(16).padStart(64, "0")}`);
}
