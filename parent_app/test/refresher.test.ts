/** What the app asks for while it is open, and what it keeps of the answers. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Trouble } from "web_shared/device/trouble";
import type { Hex } from "web_shared/protocol/bytes";
import { periodName } from "web_shared/protocol/periods";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { DAY, entry, group, keyOf, NINE, SCHEME, startOf as firstOf } from "../../web_shared/test/files";
import { withKeys } from "../src/core/keys";
import { left } from "../src/core/model";
import { purchasesOf } from "../src/core/purchases";
import type { Screen } from "../src/core/state";
import { keysOf, ONE, Phone, Town, TWO, VALUES } from "./town";

const PAYMENT: Hex = "0x01020304050607";
const TODAY = periodName({ kind: "day", number: DAY });
const OTHER_SCHEME = { ...TWO, scheme: SCHEME + 1 };
const [FIRST, SECOND] = keysOf(ONE) as [Key, Key];
const paid = (key: Key, debit: number, nonce = NINE) => ({
  key, kind: 1, shop: 7, amount: debit, debit, nonce, time: NINE, id: PAYMENT,
});

let town: Town;
let phone: Phone;

beforeEach(async () => {
  town = new Town();
  phone = await Phone.open(town);
});

afterEach(() => vi.unstubAllGlobals());

describe("an open app", () => {
  beforeEach(async () => {
    await phone.read(ONE);
    await phone.refresher.refresh();
    town.asked.length = 0;
  });

  it.each<Screen>(["home", "amount", "code", "spent", "shops", "settings"])(
    "asks once every two seconds on the screen %s",
    async (screen) => {
      await phone.show(screen);
      await phone.wait(20);
      expect(town.asked).toEqual(Array(10).fill(`${TODAY} 0`));
    },
  );

  it("asks the same with any letter, also while it pays", async () => {
    const [other, otherTown] = [await Phone.open(new Town()), town];
    await other.read(TWO);
    await other.refresher.refresh();
    other.town.asked.length = 0;
    await phone.show("code");
    for (const groups of [[], [group([entry(paid(SECOND, 4_250), 0)])]]) {
      [town.groups, other.town.groups] = [groups, groups];
      await Promise.all([phone.wait(6), other.wait(6)]);
    }
    expect(phone.state.view.screen).toBe("receipt");
    expect(other.town.asked).toEqual(otherTown.asked);
  });

  it("asks nothing while it is hidden, or locked", async () => {
    vi.stubGlobal("document", { visibilityState: "hidden" });
    await phone.wait(4);
    vi.stubGlobal("document", { visibilityState: "visible" });
    await phone.state.vault.changeSecret("", "2580");
    phone.state.vault.lock();
    await phone.wait(4);
    expect(town.asked).toEqual([]);
  });

  it("stores nothing when nothing was added", async () => {
    await phone.wait(2);
    const put = vi.spyOn(phone.state.store, "update");
    await phone.wait(20);
    expect(put).not.toHaveBeenCalled();
  });

  it("shows the receipt after the next time that it asks", async () => {
    await phone.show("code");
    town.groups = [group([entry(paid(SECOND, 4_250), 0)])];
    await phone.wait(2);
    expect(phone.state.view).toMatchObject({ screen: "receipt", receipt: { payment: PAYMENT } });
    expect(left(phone.letter)).toBe(10_750);
  });

  it("keeps what was known when a file is wrong, and says that it could not look it up", async () => {
    const before = phone.letter;
    town.groups = [group([entry(paid(FIRST, 10_001), 0)])];
    await phone.wait(2);
    expect([phone.letter, phone.state.view.unread]).toEqual([before, true]);
    town.groups = [group([entry(paid(FIRST, 1), 0)])];
    await phone.wait(2);
    expect([left(phone.letter), phone.state.view.unread]).toEqual([14_999, false]);
  });

  it("reads all again when the file is not the one that it was, and shows what was known until then", async () => {
    town.groups = [group([entry(paid(FIRST, 4_250), 0)])];
    await phone.wait(2);
    town.groups = [group([entry(paid(FIRST, 1_000), 0)])];
    await phone.wait(2);
    expect([left(phone.letter), phone.letter.position, phone.state.view.unread]).toEqual([10_750, null, true]);
    const offline = async (): Promise<never> => Promise.reject(new Trouble("offline"));
    town.fault = offline;
    await phone.wait(2);
    expect(left(phone.letter)).toBe(10_750);
    town.fault = null;
    await phone.wait(2);
    expect([left(phone.letter), phone.state.view.unread]).toEqual([14_000, false]);
    expect(purchasesOf(phone.letter)).toMatchObject([{ amount: 1_000 }]);
  });
});

describe("a letter that is new to the phone", () => {
  it("is shown before its changes are read, and says that they are looked up", async () => {
    town.groups = [group([entry(paid(FIRST, 4_250), 0)])];
    await phone.read(ONE);
    expect(phone.state.view.screen).toBe("name");
    expect([left(phone.letter), phone.letter.syncedAt, town.asked]).toEqual([15_000, null, ["coupons"]]);
    await phone.show("code");
    await phone.refresher.refresh();
    expect([left(phone.letter), phone.letter.syncedAt]).toEqual([10_750, NINE]);
  });

  it("is followed to the coupons that it was moved to, with their keys", async () => {
    const next = keysOf(ONE, 1);
    const moves = [FIRST, SECOND].map((key, index) =>
      entry({ key, kind: 3, amount: VALUES[index]!, debit: VALUES[index]!, nonce: NINE, id: firstOf(next[index]!) }, 0),
    );
    town.groups = [group(moves)];
    await phone.read(ONE);
    await phone.show("code");
    await phone.refresher.refresh();
    expect(phone.letter.coupons.map(({ address, generation }) => [address, generation])).toEqual(
      next.map((key) => [addressOf(key), 1]),
    );
    expect(await withKeys(phone.state.vault, phone.letter, (keys) => keys.map(addressOf))).toEqual(next.map(addressOf));
    expect(phone.letter.code, "a code of coupons that are gone").toBeNull();
  });

  it("that is locked before all is read says what was moved", async () => {
    town.groups = [group([entry({ key: FIRST, kind: 3, amount: 10_000, debit: 10_000, nonce: NINE, id: firstOf(keyOf(5)) }, 0)])];
    await phone.read(ONE);
    phone.reading.lock();
    await phone.refresher.refresh();
    expect(phone.letter.coupons[0]).toMatchObject({ remaining: 0, moved: firstOf(keyOf(5)) });
  });

  it("shares the requests of the letters that are there", async () => {
    await phone.read(ONE);
    await phone.refresher.refresh();
    town.groups = [group([entry(paid(keysOf(TWO)[0]!, 2_000), 0)])];
    await phone.read(TWO);
    await phone.refresher.refresh();
    town.asked.length = 0;
    await phone.wait(4);
    expect(town.asked).toEqual(Array(2).fill(`${TODAY} 42`));
    expect(phone.state.view.letters.map(left)).toEqual([15_000, 13_000]);
  });

  it("keeps its scheme when those of other letters are read meanwhile, and has its shops at the next refresh", async () => {
    await phone.read(ONE);
    const read = new Promise<void>((resolve) => {
      town.shops = async () => {
        await phone.read(OTHER_SCHEME);
        resolve();
        return [];
      };
    });
    await phone.refresher.refresh();
    await read;
    expect(Object.keys(phone.state.view.facts.schemes)).toEqual([String(SCHEME), String(OTHER_SCHEME.scheme)]);
    expect(Object.keys(phone.state.view.facts.shops)).toEqual([String(SCHEME)]);
    town.shops = async () => [];
    await phone.refresher.refresh();
    expect(Object.keys(phone.state.view.facts.shops)).toEqual([String(SCHEME), String(OTHER_SCHEME.scheme)]);
  });

  it("is read again whole when it is scanned again, and keeps its name and code", async () => {
    await phone.read(ONE);
    await phone.state.changeLetter(phone.letter.id, (letter) => ({ ...letter, name: "Sami" }));
    await phone.refresher.refresh();
    await phone.show("code");
    const { code } = phone.letter;
    town.groups = [group([entry(paid(SECOND, 5_000), 0)])];
    await phone.read(ONE);
    expect(phone.state.view.letters).toHaveLength(1);
    expect(phone.letter).toMatchObject({ name: "Sami", code });
    expect([left(phone.letter), phone.letter.syncedAt, phone.state.view.screen]).toEqual([10_000, NINE, "home"]);
  });
});

it("a letter that an older version stored keeps its keys, and is read from the start", async () => {
  await phone.read(ONE);
  await phone.refresher.refresh();
  const { ledger: _, position: __, coupons, ...rest } = phone.letter;
  const older = {
    ...rest,
    coupons: coupons.map(({ moved: _, entries: __, ...coupon }) => ({ ...coupon, remaining: 1, history: [{ time: "2027-01-15" }] })),
    past: [{ time: "2027-01-15" }],
    read: { ledger: "7:0x", prefixLength: 0, blocks: { "": 5 } },
  };
  await phone.state.store.put(`letter:${rest.id}`, older);
  await phone.state.reload();
  expect([left(phone.letter), phone.letter.syncedAt, purchasesOf(phone.letter)]).toEqual([15_000, null, []]);
  town.groups = [group([entry(paid(FIRST, 4_250), 0)])];
  town.asked.length = 0;
  await phone.refresher.refresh();
  expect(town.asked).toEqual(["coupons", "month", `${TODAY} 42`]);
  expect([left(phone.letter), phone.letter.keys]).toEqual([10_750, rest.keys]);
});
