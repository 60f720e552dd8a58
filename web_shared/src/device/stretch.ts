/** Key stretching: derives a key from a PIN or passphrase, at a cost that slows down guessing. */

import { Trouble } from "./trouble";

/** The algorithm and its cost. Stored with what it seals, so that the cost can be raised later. */
export type Work =
  /** RFC 9106; `memory` in KiB. */
  | { name: "argon2id"; memory: number; passes: number; lanes: number }
  /** PBKDF2-HMAC-SHA-256, RFC 8018. */
  | { name: "pbkdf2"; rounds: number };

/** RFC 9106, section 4, second recommended option, for devices with less memory. */
export const STRONG = { name: "argon2id", memory: 64 * 1024, passes: 3, lanes: 4 } as const satisfies Work;
/** OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA-256: in every browser, and light enough for a small phone. */
export const LIGHT = { name: "pbkdf2", rounds: 600_000 } as const satisfies Work;

const SALT_BYTES = 16;
const KEY_BYTES = 32;

export function randomSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

/**
 * Derive 32 bytes from a text, normalised by {@link opaqueString}.
 *
 * @throws Trouble `store_unreadable` when the stored work or salt is not one that this module writes; an excessive cost
 *   would block the browser or exhaust its memory
 */
export async function stretch(text: string, work: Work, salt: Uint8Array): Promise<Uint8Array> {
  if (!isWork(work) || !(salt instanceof Uint8Array) || salt.length !== SALT_BYTES) throw new Trouble("store_unreadable");
  const bytes = new TextEncoder().encode(opaqueString(text));
  if (work.name === "pbkdf2") return pbkdf2(bytes, work.rounds, salt);
  const { argon2idAsync } = await import("@noble/hashes/argon2.js");
  const { memory: m, passes: t, lanes: p } = work;
  return argon2idAsync(bytes, salt, { m, t, p, dkLen: KEY_BYTES });
}

/** OpaqueString of RFC 8265: NFC, every space as U+0020. Nothing is trimmed, and case is kept. */
export function opaqueString(text: string): string {
  return text.replace(/\p{Zs}/gu, " ").normalize("NFC");
}

function isWork(work: unknown): work is Work {
  if (typeof work !== "object" || work === null) return false;
  const { name, memory, passes, lanes, rounds } = work as Record<string, unknown>;
  if (name === "pbkdf2") return upTo(LIGHT.rounds, rounds);
  return name === "argon2id" && upTo(STRONG.memory, memory) && upTo(STRONG.passes, passes) && upTo(STRONG.lanes, lanes);
}

function upTo(most: number, value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

async function pbkdf2(bytes: Uint8Array<ArrayBuffer>, iterations: number, salt: Uint8Array): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, material, 8 * KEY_BYTES));
}
