/** Keystores, compared with those of eth-keyfile, which the command line uses. */

import { describe, expect, it, test } from "vitest";
import { type Hex, toHex } from "../src/protocol/bytes";
import { KeystoreUnreadable, makeKeystore, openKeystore, PasswordWrong } from "../src/protocol/keystore";
import { raw, vectors } from "./vectors";

interface File {
  address: string;
  crypto: Record<string, unknown> & { cipherparams: { iv: string }; kdfparams: Record<string, unknown> };
  id: string;
  version: number;
}

interface Row {
  about: string;
  why?: string;
  key: Hex;
  password: string;
  work: number;
  salt: Hex;
  iv: Hex;
  id: string;
  file: File;
}

const ROWS = vectors<Row>("keystore");
const GOOD = ROWS.filter(({ why }) => why === undefined);
const quiet = (): void => undefined;

describe.each(GOOD)("$about", ({ file, password, key, work, salt, iv, id }) => {
  it("can be opened", async () => {
    expect(toHex(await openKeystore(JSON.stringify(file), password, quiet))).toBe(key);
  });

  it("is written identically from the same values", async () => {
    const drawn = { salt: raw(salt), iv: raw(iv), id };
    const made = JSON.parse(await makeKeystore(raw(key), password, quiet, work, drawn)) as File;
    // The library writes an IV without leading zeros, and reads both forms.
    made.crypto.cipherparams.iv = made.crypto.cipherparams.iv.replace(/^(00)+/, "");
    expect(made).toEqual(file);
  });
});

test.each(ROWS.filter(({ why }) => why !== undefined))("stays closed: $why", async ({ file, password }) => {
  await expect(openKeystore(JSON.stringify(file), password, quiet)).rejects.toThrow(PasswordWrong);
});

test("a keystore is opened by its password only, and is different each time it is made", async () => {
  const [key, password] = [raw(GOOD[0]!.key), "twaalf tekens"];
  const made = await makeKeystore(key, password, quiet, 256);
  expect(await openKeystore(made, password, quiet)).toEqual(key);
  await expect(openKeystore(made, "Twaalf tekens", quiet)).rejects.toThrow(PasswordWrong);
  expect(await makeKeystore(key, password, quiet, 256)).not.toBe(made);
});

test("a keystore with names in upper case and with 0x is read", async () => {
  const { file, password, key } = GOOD[0]!;
  const { crypto, ...rest } = file;
  const other = { ...rest, Crypto: { ...crypto, mac: `0x${String(crypto["mac"])}` } };
  expect(toHex(await openKeystore(JSON.stringify(other), password, quiet))).toBe(key);
});

test("opening a keystore reports its progress", async () => {
  const told: number[] = [];
  await makeKeystore(raw(GOOD[0]!.key), "twaalf tekens", (part) => told.push(part), 4096);
  expect(told.length).toBeGreaterThan(1);
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

const first = GOOD[0]!.file;
const withCrypto = (change: object): object => ({ ...first, crypto: { ...first.crypto, ...change } });
const withWork = (change: object): object => withCrypto({ kdfparams: { ...first.crypto.kdfparams, ...change } });

test.each<[string, string]>([
  ["nothing", ""],
  ["no JSON", "sleutel"],
  ["null", "null"],
  ["a list", "[]"],
  ["no crypto", JSON.stringify({ version: 3 })],
  ["another version", JSON.stringify({ ...first, version: 4 })],
  ["a version in words", JSON.stringify({ ...first, version: "3" })],
  ["another cipher", JSON.stringify(withCrypto({ cipher: "aes-256-gcm" }))],
  ["another way to the key", JSON.stringify(withCrypto({ kdf: "pbkdf2" }))],
  ["a shorter ciphertext", JSON.stringify(withCrypto({ ciphertext: "00" }))],
  ["a ciphertext that is no hex", JSON.stringify(withCrypto({ ciphertext: "zz".repeat(32) }))],
  ["a mac that is a number", JSON.stringify(withCrypto({ mac: 7 }))],
  ["more work than a browser should do", JSON.stringify(withWork({ n: 2 ** 19 }))],
  ["work that is no power of two", JSON.stringify(withWork({ n: 1000 }))],
  ["no work", JSON.stringify(withWork({ n: 1 }))],
  ["larger blocks", JSON.stringify(withWork({ r: 9 }))],
  ["more lanes", JSON.stringify(withWork({ p: 9 }))],
  ["a shorter derived key", JSON.stringify(withWork({ dklen: 16 }))],
])("unreadable: %s", async (_, text) => {
  await expect(openKeystore(text, GOOD[0]!.password, quiet)).rejects.toThrow(KeystoreUnreadable);
});
