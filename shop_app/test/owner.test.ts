/** The owner's key: unlocked by the PIN for a few minutes, and not needed for selling. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OWNER_PIN, PIN, type Rule } from "web_shared/device/secrets";
import { MemoryStore } from "web_shared/device/store";
import { Vault } from "web_shared/device/vault";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { withTillKey } from "../src/core/keys";
import { Owner } from "../src/core/owner";
import { State } from "../src/core/state";

const CODE = "482915";
const KEY = new Uint8Array(32).fill(7);
const QUICK: Rule = { ...OWNER_PIN, work: { name: "pbkdf2", rounds: 1000 } };
const MINUTE = 60_000;

class Page extends EventTarget {
  visibilityState = "visible";

  hide(): void {
    this.visibilityState = "hidden";
    this.dispatchEvent(new Event("visibilitychange"));
    this.visibilityState = "visible";
  }
}

let page: Page;

beforeEach(() => {
  page = new Page();
  vi.stubGlobal("document", page);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openDevice(store: MemoryStore) {
  const state = new State(store, await Vault.open(store, PIN), await Vault.open(store, QUICK, "owner_lock"));
  await state.load();
  return { state, owner: new Owner(state) };
}

/** A device of an owner who has chosen a PIN. */
async function ownersDevice() {
  const store = new MemoryStore();
  const { state, owner } = await openDevice(store);
  const till = generateKey();
  await state.changeDevice({
    shop: 7, name: "Fietsen", role: "owner", till: addressOf(till), tillName: "Kassa 1", keys: await state.vault.seal(till),
    owner: { address: addressOf(KEY), key: await owner.keep(KEY.slice(), CODE) }, ready: true,
  });
  return { store, state, owner };
}

const copy = (key: Uint8Array): Uint8Array => key.slice();

it("is unlocked for five minutes after the PIN was chosen", async () => {
  const { owner } = await ownersDevice();
  expect(await owner.use(copy)).toEqual(KEY);
  vi.advanceTimersByTime(5 * MINUTE - 1);
  expect(owner.locked).toBe(false);
  vi.advanceTimersByTime(1);
  expect(owner.locked).toBe(true);
});

it("is locked as soon as the app is hidden", async () => {
  const { owner } = await ownersDevice();
  page.hide();
  expect(owner.locked).toBe(true);
});

it("is locked when the app is opened again, and the PIN is asked for when it is used", async () => {
  const { store } = await ownersDevice();
  const { state, owner } = await openDevice(store);
  expect(owner.locked).toBe(true);
  const used = Promise.all([owner.use(copy), owner.use(copy)]);
  await vi.waitFor(() => expect(state.view.askingOwner).toBe(true));
  await owner.open(CODE);
  expect(await used).toEqual([KEY, KEY]);
  expect(state.view.askingOwner).toBe(false);
});

it("is not used when no PIN is given", async () => {
  const { store } = await ownersDevice();
  const { state, owner } = await openDevice(store);
  const used = owner.use(copy);
  await vi.waitFor(() => expect(state.view.askingOwner).toBe(true));
  owner.cancel();
  await expect(used).rejects.toThrow("owner_locked");
  expect(state.view.askingOwner).toBe(false);
});

it("cannot be opened with the till's key alone", async () => {
  const { store, state } = await ownersDevice();
  const { state: again } = await openDevice(store);
  await expect(again.vault.unseal(state.view.device!.owner!.key)).rejects.toThrow();
  expect(await withTillKey(again.vault, state.view.device!, addressOf)).toBe(state.view.device!.till);
});

it("is on the owner's device only", async () => {
  const { state, owner } = await openDevice(new MemoryStore());
  await expect(owner.use(copy)).rejects.toThrow("not_owner");
  expect(state.view.askingOwner).toBe(false);
});

describe("guessing the PIN", () => {
  const wrong = async (owner: Owner, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await expect(owner.open("000111")).rejects.toThrow("pin_wrong");
  };

  it("is delayed after three wrong attempts, exponentially, until a right one", async () => {
    const { owner } = await ownersDevice();
    owner.lock();
    await wrong(owner, 3);
    await expect(owner.open(CODE)).rejects.toMatchObject({ code: "pin_wait", seconds: 30 });
    vi.advanceTimersByTime(30_000);
    await wrong(owner, 1);
    await expect(owner.open(CODE)).rejects.toMatchObject({ seconds: 60 });
    vi.advanceTimersByTime(60_000);
    await owner.open(CODE);
    owner.lock();
    await wrong(owner, 3);
  });

  it("waits as well where another PIN is chosen, also while the key is open", async () => {
    const { owner } = await ownersDevice();
    for (let time = 0; time < 3; time++) await expect(owner.changePin("000111", "739164")).rejects.toThrow("pin_wrong");
    await expect(owner.changePin(CODE, "739164")).rejects.toMatchObject({ code: "pin_wait", seconds: 30 });
  });

  it("is delayed again after a reload, regardless of the device's clock", async () => {
    const { store, owner } = await ownersDevice();
    owner.lock();
    await wrong(owner, 3);
    vi.setSystemTime(Date.now() + 24 * 60 * MINUTE);
    const { owner: again } = await openDevice(store);
    await expect(again.open(CODE)).rejects.toMatchObject({ seconds: 30 });
    vi.advanceTimersByTime(30_000);
    await again.open(CODE);
    expect(again.locked).toBe(false);
  });
});

it("has another PIN by the one of now, under which it is the same key", async () => {
  const { store, owner } = await ownersDevice();
  await expect(owner.changePin(CODE, "123456")).rejects.toThrow("pin_weak");
  await owner.changePin(CODE, "739164");
  const { owner: again } = await openDevice(store);
  await expect(again.open(CODE)).rejects.toThrow("pin_wrong");
  await again.open("739164");
  expect(await again.use(copy)).toEqual(KEY);
});

it("has another PIN after the sheet was read, and the one before opens nothing", async () => {
  const { state, owner } = await ownersDevice();
  const key = await owner.keep(KEY.slice(), "739164");
  await state.changeDevice({ ...state.view.device!, owner: { address: addressOf(KEY), key } });
  owner.lock();
  await expect(owner.open(CODE)).rejects.toThrow("pin_wrong");
  await owner.open("739164");
  expect(await owner.use(copy)).toEqual(KEY);
});
