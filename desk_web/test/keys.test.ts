/** The keys on a device: always sealed with a passphrase, not lost, and not left behind. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStore } from "web_shared/device/store";
import { addressOf } from "web_shared/protocol/signatures";
import { Keys } from "../src/core/keys";
import { troubleOf } from "../src/core/trouble";
import { OTHER, PHRASE, QUICK } from "./phrases";

const [ANNA, SAFE] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const SECRET = new Uint8Array(16).fill(7);
const STAYS = { name: "Anna", temporary: false, saved: true };
const LEAVES = { name: "Kluissleutel", temporary: true, saved: true };

let store: MemoryStore;
let keys: Keys;

afterEach(() => void vi.useRealTimers());
beforeEach(() => {
  store = new MemoryStore();
  keys = new Keys(store, QUICK);
});

async function trouble(act: Promise<unknown>): Promise<string> {
  return act.then(() => "none", troubleOf);
}

describe("the passphrase", () => {
  it.each([
    ["", "passphrase_short"],
    ["2580", "passphrase_short"],
    ["elf tekens!", "passphrase_short"],
    ["Gemeente Anna 2026", "passphrase_weak"],
  ])("%j cannot be chosen, and no key is kept without", async (phrase, told) => {
    expect(await trouble(keys.add(ANNA, STAYS, phrase))).toBe(told);
    expect(await keys.list()).toEqual([]);
    expect(await keys.hasPassphrase()).toBe(false);
  });

  it("is needed for each operation with a key", async () => {
    const anna = await keys.add(ANNA, STAYS, PHRASE);
    expect(await keys.hasPassphrase()).toBe(true);
    expect(await trouble(keys.use(anna, OTHER, addressOf))).toBe("passphrase_wrong");
    expect(await trouble(keys.use(anna, "", addressOf))).toBe("passphrase_wrong");
    expect(await trouble(keys.remove(anna, OTHER))).toBe("passphrase_wrong");
    expect(await trouble(keys.add(SAFE, LEAVES, OTHER))).toBe("passphrase_wrong");
    expect(await keys.list()).toHaveLength(1);
    expect(await keys.use(anna, PHRASE, addressOf)).toBe(addressOf(ANNA));
  });

  it("is removed with the last key, and the next holder chooses one", async () => {
    const anna = await keys.add(ANNA, STAYS, PHRASE);
    await keys.remove(anna, PHRASE);
    expect(await keys.hasPassphrase()).toBe(false);
    await keys.add(SAFE, LEAVES, "een nieuwe wachtzin, twee");
    expect(await keys.use(addressOf(SAFE), "een nieuwe wachtzin, twee", addressOf)).toBe(addressOf(SAFE));
  });
});

describe("a key", () => {
  it("is wiped after its use, also when that fails", async () => {
    const anna = await keys.add(ANNA, STAYS, PHRASE);
    let seen: Uint8Array = ANNA;
    await keys.use(anna, PHRASE, (key) => void (seen = key));
    expect(seen).toEqual(new Uint8Array(32));
    const failing = keys.use(anna, PHRASE, (key) => {
      seen = key;
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(seen).toEqual(new Uint8Array(32));
  });

  it("cannot be read from the device's storage", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    const kept = await store.list<{ sealed: { data: Uint8Array } }>("key/");
    expect(kept).toHaveLength(1);
    expect(Buffer.from(kept[0]!.sealed.data).includes(Buffer.from(ANNA))).toBe(false);
  });

  it("that is missing is reported", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    expect(await trouble(keys.use(addressOf(SAFE), PHRASE, addressOf))).toBe("key_missing");
  });

  it("is found regardless of the case of its address", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    expect(await keys.use("0x1A642F0E3C3AF545E7ACBD38B07251B3990914F1", PHRASE, addressOf)).toBe(addressOf(ANNA));
  });

  it("is added once", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    expect(await trouble(keys.add(ANNA, { ...STAYS, name: "Bram" }, PHRASE))).toBe("key_known");
    expect(await keys.list()).toMatchObject([{ name: "Anna" }]);
  });

  it("shows whether there is a copy of it", async () => {
    const anna = await keys.add(ANNA, { ...STAYS, saved: false }, PHRASE);
    expect(await keys.list()).toMatchObject([{ saved: false }]);
    await keys.markSaved(anna);
    expect(await keys.list()).toMatchObject([{ name: "Anna", saved: true }]);
  });
});

describe("a key from paper", () => {
  it("is removed when its holder signs out; other keys stay", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    await keys.add(SAFE, LEAVES, PHRASE);
    await keys.removeTemporary();
    expect(await keys.list()).toMatchObject([{ address: addressOf(ANNA) }]);
    expect(await keys.use(addressOf(ANNA), PHRASE, addressOf)).toBe(addressOf(ANNA));
  });

  it("leaves nothing in the storage when it was the only key", async () => {
    await keys.add(SAFE, LEAVES, PHRASE);
    await keys.removeTemporary();
    expect(await store.list("")).toEqual([]);
  });

  it("does not make a permanent key temporary", async () => {
    await keys.add(ANNA, STAYS, PHRASE);
    expect(await trouble(keys.add(ANNA, LEAVES, PHRASE))).toBe("key_known");
    await keys.removeTemporary();
    expect(await keys.list()).toHaveLength(1);
  });

  it("becomes permanent when it is added from a file as well", async () => {
    await keys.add(SAFE, LEAVES, PHRASE);
    await keys.add(SAFE, { ...STAYS, name: "Kluis" }, PHRASE);
    await keys.removeTemporary();
    expect(await keys.list()).toMatchObject([{ name: "Kluis", temporary: false }]);
  });
});

describe("an invitation", () => {
  it("gives one key, also when it is opened again", async () => {
    const made = await keys.makeFor(SECRET, "Mijn sleutel", PHRASE);
    expect(await keys.makeFor(SECRET, "Mijn sleutel", PHRASE)).toBe(made);
    expect(await new Keys(store, QUICK).makeFor(SECRET, "Mijn sleutel", PHRASE)).toBe(made);
    expect(await keys.list()).toHaveLength(1);
    expect(await keys.list()).toMatchObject([{ address: made, temporary: false, saved: false }]);
    expect(await keys.use(made, PHRASE, addressOf)).toBe(made);
  });

  it("gives one key when two tabs open it at once", async () => {
    const tabs = [keys, new Keys(store, QUICK)].map((each) => each.makeFor(SECRET, "Mijn sleutel", PHRASE));
    const [one, other] = await Promise.all(tabs);
    expect(one).toBe(other);
    expect(await keys.list()).toHaveLength(1);
  });

  it("gives a key of its own; the newest key is that of the invitation used last", async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ["Date"] });
    expect(await keys.newest()).toBeNull();
    const first = await keys.makeFor(SECRET, "Mijn sleutel", PHRASE);
    vi.setSystemTime(2_000_000);
    const second = await keys.makeFor(new Uint8Array(16), "Mijn sleutel", PHRASE);
    expect(second).not.toBe(first);
    expect(await keys.newest()).toBe(second);
    vi.setSystemTime(3_000_000);
    await keys.makeFor(SECRET, "Mijn sleutel", PHRASE);
    expect(await keys.newest()).toBe(first);
  });

  it("is stored as the hash of its secret", async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ["Date"] });
    await keys.makeFor(SECRET, "Mijn sleutel", PHRASE);
    const secretSha256 = "0xd761d406af2a4a5a15f67c924378ed88d1f85c13f1a37fc7366f59789b3bcd65";
    expect(await store.list("key/")).toMatchObject([{ invited: { secretSha256, at: 1_000_000 } }]);
  });
});
