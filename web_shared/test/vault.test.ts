/** Vaults: key stretching, the rules for choosing a secret, and the validation of stored records. */

import { describe, expect, it, test } from "vitest";
import { OWNER_PIN, PASSPHRASE, PIN, refusePassphrase, type Rule } from "../src/device/secrets";
import { MemoryStore } from "../src/device/store";
import { stretch, STRONG } from "../src/device/stretch";
import { waitAfter } from "../src/device/tries";
import { Vault } from "../src/device/vault";
import { toHex } from "../src/protocol/bytes";

const KEY = new Uint8Array(32).fill(7);
const SALT = new Uint8Array(16).fill(2);
const PHRASE = "vier losse woorden";
const QUICK: Rule = { ...PASSPHRASE, work: { name: "argon2id", memory: 64, passes: 1, lanes: 4 } };

test("a passphrase is stretched with argon2id and the second option of RFC 9106, section 4", async () => {
  expect(STRONG).toEqual({ name: "argon2id", memory: 65536, passes: 3, lanes: 4 });
  // Made with argon2-cffi: hash_secret_raw(b"vier losse woorden", 16 * b"\2", 3, 65536, 4, 32, Type.ID)
  expect(toHex(await stretch(PHRASE, STRONG, SALT))).toBe("0x8aaec49b427c1aa94fefda7281cbad758ef56336272bde8df56a1cb60bfea4ac");
}, 60_000);

test("a passphrase is the same from a keyboard that composes characters differently", async () => {
  const { work } = QUICK;
  const composed = await stretch("\u00e9\u00e9n zin met accenten", work, SALT);
  expect(await stretch("e\u0301e\u0301n\u00a0zin met accenten", work, SALT)).toEqual(composed);
  expect(await stretch("\u00e9\u00e9n zin met accenten ", work, SALT)).not.toEqual(composed);
});

describe("a sealed key", () => {
  it("is opened by the passphrase that sealed it, and by no other", async () => {
    const { store, sealed } = await sealedStore();
    const vault = await Vault.open(store, QUICK);
    for (const wrong of ["", "Vier losse woorden", `${PHRASE} `, ` ${PHRASE}`]) {
      await expect(vault.unlock(wrong)).rejects.toThrow("passphrase_wrong");
    }
    await vault.unlock(PHRASE);
    expect(await vault.unseal(sealed)).toEqual(KEY);
  });

  it("is opened with the parameters it was sealed with, also when the rule has others", async () => {
    const { store, sealed } = await sealedStore();
    const vault = await Vault.open(store, PASSPHRASE);
    await vault.unlock(PHRASE);
    expect(await vault.unseal(sealed)).toEqual(KEY);
  });

  it.each([
    ["more memory", { work: { name: "argon2id", memory: 65537, passes: 3, lanes: 4 } }],
    ["more passes", { work: { name: "argon2id", memory: 65536, passes: 4, lanes: 4 } }],
    ["more lanes", { work: { name: "argon2id", memory: 65536, passes: 3, lanes: 5 } }],
    ["no memory", { work: { name: "argon2id", memory: 0, passes: 3, lanes: 4 } }],
    ["half a pass", { work: { name: "argon2id", memory: 64, passes: 0.5, lanes: 4 } }],
    ["a word for a number", { work: { name: "argon2id", memory: "64", passes: 1, lanes: 4 } }],
    ["more rounds", { work: { name: "pbkdf2", rounds: 600_001 } }],
    ["another function", { work: { name: "md5", rounds: 1 } }],
    ["no work", { work: null }],
    ["a short salt", { salt: new Uint8Array(15) }],
    ["a long salt", { salt: new Uint8Array(2 ** 20) }],
    ["no salt", { salt: null }],
  ])("is not tried with %s", async (_, change) => {
    const { store } = await sealedStore();
    await store.update<{ secret: object }>("lock", (lock) => ({ ...lock!, secret: { ...lock!.secret, ...change } }));
    const vault = await Vault.open(store, QUICK);
    await expect(vault.unlock(PHRASE)).rejects.toThrow("store_unreadable");
  });

  it("is not tried in another format", async () => {
    const { store } = await sealedStore();
    await store.update<object>("lock", (lock) => ({ ...lock, version: 2 }));
    const vault = await Vault.open(store, QUICK);
    await expect(vault.unlock(PHRASE)).rejects.toThrow("store_unreadable");
  });
});

describe("a passphrase", () => {
  it.each([
    ["passphrase_short", "elf tekens!"],
    ["passphrase_short", "ééééééééééé"],
    ["passphrase_weak", "aaaaaaaaaaaaaaaa"],
    ["passphrase_weak", "            "],
    ["passphrase_weak", "abcabcabcabcabc"],
    ["passphrase_weak", "geheimgeheim"],
    ["passphrase_weak", "123456789012"],
    ["passphrase_weak", "qwertyuiop1234"],
    ["passphrase_weak", "abcdefghijklm"],
    ["passphrase_weak", "Wachtwoord2026!"],
    ["passphrase_weak", "Gemeente Kampen"],
    ["passphrase_weak", "kampen-kampen-1"],
    ["passphrase_weak", "Zoë de Vries 1980"],
    ["passphrase_weak", "ZOEDEVRIES1980"],
    [null, "twaalf teken"],
    [null, "vier losse woorden"],
    [null, "kampen fiets regen lepel"],
    [null, "Tr0ub4dor&3xyz"],
    [null, "日本語の長い秘密の言葉です"],
  ])("%s: %j", (told, text) => {
    expect(refusePassphrase(text, ["Gemeente Kampen", "Zoë de Vries"])).toBe(told);
  });
});

test.each([["12", "pin_short"], ["123456789", "pin_short"], ["12a4", "pin_short"], ["2580", null]])(
  "a parent's PIN %s: %s",
  (text, told) => expect(PIN.refuse(text, [])).toBe(told),
);

test.each([
  ["482915", null],
  ["908172635445", null],
  ["48291", "pin_short"],
  ["4829150000000", "pin_short"],
  ["48291a", "pin_short"],
  ["000000", "pin_weak"],
  ["123456", "pin_weak"],
  ["987654", "pin_weak"],
  ["789012", "pin_weak"],
  ["112233", "pin_weak"],
  ["121212", "pin_weak"],
  ["482482", "pin_weak"],
  ["111222", "pin_weak"],
  ["494499", "pin_weak"],
])("the PIN of a shop's owner %s: %s", (text, told) => expect(OWNER_PIN.refuse(text, [])).toBe(told));

test("the PIN of a shop's owner is stretched as an official's passphrase is", () => {
  expect(OWNER_PIN.work).toEqual(STRONG);
});

test("a renewed vault opens nothing that was sealed before, and vaults of other names are not affected", async () => {
  const { store, sealed } = await sealedStore();
  const other = await Vault.open(store, QUICK, "other");
  await other.renew("kampen fiets regen lepel");
  await expect(other.unseal(sealed)).rejects.toThrow();
  const vault = await Vault.open(store, QUICK);
  await vault.unlock(PHRASE);
  expect(await vault.unseal(sealed)).toEqual(KEY);
  await vault.renew("kampen fiets regen lepel");
  await expect(vault.unseal(sealed)).rejects.toThrow();
  const again = await vault.seal(KEY);
  await expect((await Vault.open(store, QUICK)).unlock(PHRASE)).rejects.toThrow("passphrase_wrong");
  expect(await vault.unseal(again)).toEqual(KEY);
});

test("the delay doubles with each wrong attempt after three, up to 15 minutes", () => {
  const seconds = [0, 2, 3, 4, 5, 7, 8, 9, 1000].map((tries) => waitAfter(tries) / 1000);
  expect(seconds).toEqual([0, 0, 30, 60, 120, 480, 900, 900, 900]);
});

async function sealedStore() {
  const store = new MemoryStore();
  const vault = await Vault.open(store, QUICK);
  await vault.changeSecret("", PHRASE);
  await vault.unlock(PHRASE);
  return { store, sealed: await vault.seal(KEY) };
}
