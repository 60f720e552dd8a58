/** Keystores: a key in a file, encrypted with a password (Web3 Secret Storage 3), compatible with the command line's. */

import { ctr } from "@noble/ciphers/aes.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concatBytes, equalBytes, fromHex, toHex } from "./bytes";
import { addressOf, checksumAddress, type Key, number, ORDER } from "./signatures";

/** scrypt's N, equal to the command line's: one or two seconds, and 256 MB. */
const WORK = 2 ** 18;
const [BLOCK, LANES] = [8, 1];
const KEY_BYTES = 32;
const IV_BYTES = 16;
/** Upper bounds on a file's scrypt parameters: more would block the browser or exhaust its memory. */
const MOST_BLOCK = 8;
const MOST_LANES = 8;

/** Callback with the part of the work that is done, from 0 to 1. */
export type Progress = (part: number) => void;

/** The random values of a keystore. */
export interface Randomness {
  salt: Uint8Array;
  iv: Uint8Array;
  id: string;
}

/** The file is not a keystore, or uses algorithms or parameters that this module does not write. */
export class KeystoreUnreadable extends Error {
  override readonly name = "KeystoreUnreadable";
}

/** The password does not open this keystore. */
export class PasswordWrong extends Error {
  override readonly name = "PasswordWrong";
}

interface Scrypt {
  n: number;
  r: number;
  p: number;
  salt: string;
}

interface Read {
  scrypt: Scrypt;
  iv: Uint8Array;
  ciphertext: Uint8Array;
  mac: Uint8Array;
}

/**
 * The text of a keystore.
 *
 * @param work scrypt's N, a power of two
 */
export async function makeKeystore(
  key: Key,
  password: string,
  progress: Progress,
  work = WORK,
  { salt, iv, id } = randomness(),
): Promise<string> {
  const kdfparams = { dklen: KEY_BYTES, n: work, r: BLOCK, p: LANES, salt: plain(salt) };
  const derived = await derive(password, kdfparams, progress);
  const ciphertext = ctr(derived.subarray(0, 16), iv).encrypt(key);
  const crypto = {
    cipher: "aes-128-ctr",
    cipherparams: { iv: plain(iv) },
    ciphertext: plain(ciphertext),
    kdf: "scrypt",
    kdfparams,
    mac: plain(macOf(derived, ciphertext)),
  };
  derived.fill(0);
  return JSON.stringify({ address: checksumAddress(addressOf(key)).slice(2), crypto, id, version: 3 });
}

/**
 * The key in a keystore.
 *
 * @throws KeystoreUnreadable
 * @throws PasswordWrong
 */
export async function openKeystore(text: string, password: string, progress: Progress): Promise<Key> {
  const { scrypt, iv, ciphertext, mac } = read(text);
  const derived = await derive(password, scrypt, progress);
  if (!equalBytes(macOf(derived, ciphertext), mac)) throw new PasswordWrong();
  const key = ctr(derived.subarray(0, 16), iv).decrypt(ciphertext);
  derived.fill(0);
  if (number(key) === 0n || number(key) >= ORDER) throw new KeystoreUnreadable("its content is not a key");
  return key;
}

function read(text: string): Read {
  try {
    const { version, crypto } = lowerCased(JSON.parse(text)) as { version: unknown; crypto: Crypto };
    const { cipher, cipherparams, ciphertext, kdf, kdfparams, mac } = crypto;
    if (version !== 3 || cipher !== "aes-128-ctr" || kdf !== "scrypt") throw new RangeError("unsupported version or algorithm");
    return {
      scrypt: checkWork(kdfparams),
      // Some programs write the IV without leading zeros.
      iv: concatBytes(new Uint8Array(IV_BYTES), bytes(cipherparams.iv)).slice(-IV_BYTES),
      ciphertext: bytes(ciphertext, KEY_BYTES),
      mac: bytes(mac, 32),
    };
  } catch (error) {
    throw new KeystoreUnreadable("not a keystore, or an unsupported kind", { cause: error });
  }
}

interface Crypto {
  cipher: unknown;
  cipherparams: { iv: string };
  ciphertext: string;
  kdf: unknown;
  kdfparams: Scrypt & { dklen: unknown };
  mac: string;
}

function checkWork({ dklen, n, r, p, salt }: Crypto["kdfparams"]): Scrypt {
  const power = Number.isSafeInteger(n) && n > 1 && Number.isInteger(Math.log2(n));
  const within = power && n <= WORK && upTo(MOST_BLOCK, r) && upTo(MOST_LANES, p);
  if (!within || dklen !== KEY_BYTES) throw new RangeError("scrypt parameters out of range");
  return { n, r, p, salt: plain(bytes(salt)) };
}

function upTo(most: number, value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/** The password is normalised to NFC, as on the command line, so that it does not depend on the keyboard. */
async function derive(password: string, { n, r, p, salt }: Scrypt, onProgress: Progress): Promise<Uint8Array> {
  return scryptAsync(password.normalize("NFC"), bytes(salt), { N: n, r, p, dkLen: KEY_BYTES, onProgress });
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return keccak_256(concatBytes(derived.subarray(16, 32), ciphertext));
}

function randomness(): Randomness {
  const [salt, iv] = [new Uint8Array(16), new Uint8Array(IV_BYTES)];
  crypto.getRandomValues(salt);
  crypto.getRandomValues(iv);
  return { salt, iv, id: crypto.randomUUID() };
}

/** With names in lower case: programs differ in the case of the names in a keystore. */
function lowerCased(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name.toLowerCase(), lowerCased(part)]));
}

/** Parse hex with or without 0x; keystores have both. */
function bytes(hex: string, length?: number): Uint8Array {
  return fromHex(`0x${hex.replace(/^0x/, "")}`, length);
}

function plain(value: Uint8Array): string {
  return toHex(value).slice(2);
}
