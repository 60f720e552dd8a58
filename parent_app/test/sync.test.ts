/** What is asked for and what is made of it, with files as a server makes them. */

import { describe, expect, it } from "vitest";
import type { FileAnswer } from "web_shared/api/client";
import { type Hex, toHex } from "web_shared/protocol/bytes";
import { readFile } from "web_shared/protocol/changes";
import { FileWrong } from "web_shared/protocol/issued";
import { couponKey } from "web_shared/protocol/keys";
import { readLetter } from "web_shared/protocol/letters";
import { periodName } from "web_shared/protocol/periods";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import {
  couponsFile, DAY, dayFile, entry, group, header, keyOf, MONTH, monthFile, NINE, SCHEME, startOf as firstOf,
} from "../../web_shared/test/files";
import { raw, vectors } from "../../web_shared/test/vectors";
import { type Position, type Read, startOf, unused } from "web_shared/letter/coupons";
import { blankCouponsOf, findLetter, nextKeys, openLetter, readToEnd } from "web_shared/letter/opening";
import { afterStep, FileReplaced, findStart, type NextKey, readOn, withMade } from "web_shared/letter/sync";
import { isOf } from "../src/core/letters";
import { fromStart, type Letter } from "../src/core/model";
import { purchasesOf } from "../src/core/purchases";
import type { Server } from "../src/core/server";

const SECRET = { scheme: SCHEME, secret: new Uint8Array(16).fill(1) };
const OTHER = { scheme: SCHEME, secret: new Uint8Array(16).fill(2) };
const VALUES = [10_000, 5_000];
const PAYMENT: Hex = "0x01020304050607";
const PREVIOUS = DAY - 15; // 31 December 2026
const NONE: NextKey = () => null;

/** A server with these files, by name, and a list of what it was asked. */
class Shelf {
  readonly asked: string[] = [];

  constructor(readonly files: Record<string, Uint8Array>) {}

  scheme = async () => ({ id: SCHEME });
  coupons = async () => this.take("coupons");
  month = async (_: number, number: number) => this.take(periodName({ kind: "month", number }));

  async day(_: number, number: number, from: number): Promise<FileAnswer> {
    const name = periodName({ kind: "day", number });
    const file = this.take(`${name}${from > 0 ? ` ${from}-` : ""}`);
    return { bytes: file.subarray(from), whole: from === 0 };
  }

  private take(asked: string): Uint8Array {
    this.asked.push(asked);
    return this.files[asked.split(" ")[0]!]!;
  }

  get server(): Server {
    return this as unknown as Server;
  }
}

function keysOf(secret = SECRET, generation = 0): Key[] {
  return VALUES.map((_, index) => couponKey(secret, generation, index));
}

function letter(secret = SECRET, position: Position | null = startOf(DAY)): Letter {
  const coupons = keysOf(secret).map((key, index) => unused(addressOf(key), index, 0, VALUES[index]!));
  const keys = { iv: new Uint8Array(12), data: new Uint8Array(0) };
  return {
    id: "a", name: "", scheme: SCHEME, coupons, keys, past: [], code: null, shownNonce: 0, ledger: "", position, syncedAt: null,
  };
}

const paid = (key: Key, debit: number, nonce = NINE, time = nonce, id = PAYMENT) => ({
  key, kind: 1, shop: 7, amount: debit, debit, nonce, time, id,
});

async function read(shelf: Shelf, from: Read, today: number | null = null, keys = keysOf(), next = NONE): Promise<Read> {
  let now = from;
  for await (const step of readOn(shelf.server, SCHEME, from.position!, today)) {
    now = afterStep(now, step, keys, next, new Map());
  }
  return now;
}

function left({ coupons }: Read): number[] {
  return coupons.map(({ remaining }) => remaining);
}

describe("what is asked for", () => {
  const first = keysOf()[0]!;
  const growing = (...groups: Uint8Array[]) => ({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });

  it("at a first visit is every month up to now, and then the rest of the last day", async () => {
    const december = monthFile([], 202_612, true);
    const shelf = new Shelf({ "2026-12": december, ...growing(group([entry(paid(first, 4_250), 0)])) });
    const after = await read(shelf, letter(SECRET, startOf(PREVIOUS)));
    expect(shelf.asked).toEqual(["2026-12", "2027-01", "2027-01-15 42-"]);
    expect(left(after)).toEqual([5_750, 5_000]);
  });

  it("afterwards is the rest of the day from the last minute on, which tells a minute", async () => {
    const one = group([entry(paid(first, 1_000), 0)]);
    const two = group([entry(paid(first, 1_000, NINE + 20), 1)]);
    const three = group([entry(paid(first, 1_000, NINE + 80), 2)], NINE / 60 + 1);
    const shelf = new Shelf(growing());
    let now = await read(shelf, letter());
    for (const groups of [[], [one], [one], [one, two], [one, two, three], [one, two, three]]) {
      Object.assign(shelf.files, growing(...groups));
      now = await read(shelf, now, DAY);
    }
    const rest = 42 + one.length + two.length;
    const start = ["2027-01", ...Array(3).fill("2027-01-15")];
    expect(shelf.asked).toEqual([...start, ...Array(3).fill("2027-01-15 42-"), `2027-01-15 ${rest}-`]);
    expect(left(now)).toEqual([7_000, 5_000]);
  });

  it("after a day that is over is the next", async () => {
    const groups = [group([entry(paid(first, 1_000), 0)])];
    const shelf = new Shelf(growing(...groups));
    let now = await read(shelf, letter());
    Object.assign(shelf.files, { "2027-01-15": dayFile(groups, DAY, true), "2027-01-16": dayFile([], DAY + 1) });
    shelf.asked.length = 0;
    now = await read(shelf, now, DAY + 1);
    now = await read(shelf, now, DAY + 1);
    expect(shelf.asked).toEqual(["2027-01-15 42-", "2027-01-16", "2027-01-16"]);
    expect([now.position!.day, left(now)]).toEqual([DAY + 1, [9_000, 5_000]]);
  });

  it("after an absence is each day, or each month when more than one whole month was missed", async () => {
    const days = Array.from({ length: 16 }, (_, n) => [periodName({ kind: "day", number: DAY + n }), n] as const);
    const files = Object.fromEntries(days.map(([name, n]) => [name, dayFile([], DAY + n, true)]));
    const shelf = new Shelf({ ...files, "2027-01-31": dayFile([], DAY + 16, true), "2027-02-01": dayFile([], DAY + 17) });
    await read(shelf, letter(), DAY + 17);
    expect(shelf.asked).toHaveLength(18);
    expect(shelf.asked.every((name) => name.length === 10)).toBe(true);

    const away = new Shelf({
      "2027-01": monthFile([], 202_701, true), "2027-02": monthFile([], 202_702, true),
      "2027-03": monthFile([], 202_703, true), "2027-04": monthFile([], 202_704), "2027-04-01": dayFile([], DAY + 76),
    });
    await read(away, letter(), DAY + 80);
    expect(away.asked).toEqual(["2027-01", "2027-02", "2027-03", "2027-04", "2027-04-01"]);
  });

  it("does not depend on what a letter holds", async () => {
    const groups = [group([entry(paid(first, 4_250), 0), entry(paid(keysOf(OTHER)[1]!, 1), 0)])];
    const [one, other] = [new Shelf(growing(...groups)), new Shelf(growing(...groups))];
    await read(one, letter(), null, keysOf());
    await read(other, letter({ scheme: SCHEME, secret: new Uint8Array(16).fill(9) }), null, keysOf(OTHER));
    expect(one.asked).toEqual(other.asked);
  });

  it("starts at the earliest position of the scheme's letters", async () => {
    const [early, late] = [startOf(DAY), { ...startOf(DAY), from: 42 }];
    const shelf = new Shelf({ coupons: couponsFile({ 1: [addressOf(first)] }, SCHEME, PREVIOUS) });
    expect(await findStart(shelf.server, SCHEME, [letter(SECRET, late), letter(OTHER, early)])).toEqual(early);
    expect(shelf.asked).toEqual([]);
    expect(await findStart(shelf.server, SCHEME, [letter(), letter(OTHER, null)])).toEqual(startOf(PREVIOUS));
  });
});

describe("a letter", () => {
  const [first, second] = keysOf() as [Key, Key];

  it("that is read again, or from an earlier position, stays the same", async () => {
    const groups = [group([entry(paid(first, 4_250), 0)]), group([entry(paid(second, 1), 0)])];
    const shelf = new Shelf({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });
    const once = await read(shelf, letter());
    const again = await read(shelf, { ...once, position: startOf(DAY) });
    expect(again.coupons).toEqual(once.coupons);
    const ahead = { ...once, position: startOf(DAY + 17) };
    for await (const step of readOn(shelf.server, SCHEME, startOf(DAY), null)) {
      expect(afterStep(ahead, step, keysOf(), NONE, new Map())).toBe(ahead);
    }
  });

  it("counts its entries anew in each month", async () => {
    const time = NINE + 31 * 86_400;
    const groups = [group([entry({ ...paid(first, 1_000, time), id: PAYMENT }, 0, 202_702)], time / 60)];
    const february = { "2027-02": monthFile(groups, 202_702), "2027-02-15": dayFile(groups, DAY + 31) };
    const january = { "2027-01": monthFile([group([entry(paid(first, 4_250), 0)])], 202_701, true) };
    expect(left(await read(new Shelf({ ...january, ...february }), letter()))).toEqual([4_750, 5_000]);
  });

  it("does not need its keys when nothing was added", async () => {
    const shelf = new Shelf({ "2027-01": monthFile(), "2027-01-15": dayFile() });
    const now = await read(shelf, letter());
    for await (const step of readOn(shelf.server, SCHEME, now.position!, DAY)) {
      expect(step.part).toBeNull();
      expect(afterStep(now, step, [], NONE, new Map()).coupons).toBe(now.coupons);
    }
  });

  it("follows its coupons through moves when its secret is there, with their purchases and refunds", async () => {
    const [next] = keysOf(SECRET, 1) as [Key];
    const moved = { key: first, kind: 3, amount: 5_750, debit: 5_750, nonce: NINE + 1, id: firstOf(next) };
    const back = { key: next, kind: 2, shop: 7, amount: 4_250, id: PAYMENT };
    // A refund after a move may make more of a coupon than was moved.
    const groups = [group([entry(back, 0), entry(moved, 1), entry(paid(first, 4_250), 0)])];
    const shelf = new Shelf({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });
    const keys = keysOf();
    const after = await read(shelf, letter(), null, keys, nextKeys(SECRET));
    expect(after.coupons[0]).toMatchObject({ generation: 1, address: addressOf(next), value: 5_750, remaining: 10_000 });
    expect(keys.map(toHex)).toEqual([toHex(next), toHex(second)]);
    expect(purchasesOf({ ...letter(), ...after })).toMatchObject([{ amount: 4_250, refunded: 4_250 }]);

    const without = await read(shelf, letter());
    expect(without.coupons[0]).toMatchObject({ generation: 0, remaining: 0, moved: firstOf(next) });
  });

  it("that is no other letter's is moved elsewhere, or given back", async () => {
    const told = { key: first, kind: 3, amount: 10_000, debit: 10_000, nonce: NINE };
    for (const id of [firstOf(keyOf(77)), `0x${"00".repeat(7)}` as Hex]) {
      const groups = [group([entry({ ...told, id }, 0)])];
      const shelf = new Shelf({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });
      const after = await read(shelf, letter(), null, keysOf(), nextKeys(SECRET));
      expect(after.coupons[0]).toMatchObject({ generation: 0, remaining: 0, moved: id });
    }
  });

  it("of another version or ledger starts with what was on its coupons", () => {
    const used = letter().coupons.map((coupon) => ({ ...coupon, remaining: 1, lastNonce: 5, entries: 3 }));
    const again = fromStart({ ...letter(), coupons: used }, "7:0x1");
    expect([left(again), again.position, again.ledger]).toEqual([VALUES, null, "7:0x1"]);
    expect(again.coupons[0]).toEqual(letter().coupons[0]);
  });
});

describe("a wrong file", () => {
  const first = keysOf()[0]!;
  const groups = [group([entry(paid(first, 4_250), 0)])];

  it("with other bytes than before, or shorter, or with another key, is to be read again from the start", async () => {
    const shelf = new Shelf({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });
    const now = await read(shelf, letter());
    const other = [group([entry(paid(first, 4_251), 0)])];
    for (const file of [dayFile(other), dayFile(), dayFile(groups).subarray(0, 50)]) {
      shelf.files["2027-01-15"] = file;
      await expect(read(shelf, now, DAY), `${file.length} bytes`).rejects.toThrow(FileReplaced);
    }
    const key = toHex(header({ kind: "month", number: MONTH }, SCHEME, `0x02${"11".repeat(32)}`).subarray(9));
    const known = { ...letter(), position: { ...startOf(DAY), monthKey: key } };
    await expect(read(shelf, known)).rejects.toThrow(FileReplaced);
  });

  it("that was swapped for another day's is refused", async () => {
    const shelf = new Shelf({ "2027-01": monthFile(), "2027-01-15": dayFile([], DAY + 1) });
    await expect(read(shelf, letter())).rejects.toThrow(FileWrong);
  });

  it("may be the whole file where the rest was asked for", async () => {
    const shelf = new Shelf({ "2027-01": monthFile(groups), "2027-01-15": dayFile(groups) });
    const now = await read(shelf, letter());
    const more = dayFile([...groups, group([entry(paid(first, 50, NINE + 1), 1)])]);
    shelf.day = async () => ({ bytes: more, whole: true });
    const after = await read(shelf, now, DAY);
    expect([left(after), after.position!.from]).toEqual([[5_700, 5_000], 42]);
  });
});

describe("a letter's secret", () => {
  const files = (groups: Uint8Array[] = []) => ({
    coupons: couponsFile({ 5_000: [addressOf(keysOf()[1]!)], 10_000: [addressOf(keysOf()[0]!)] }),
    "2027-01": monthFile(groups),
    "2027-01-15": dayFile(groups),
  });

  it("finds its coupons in the coupons file alone, and what was changed in the others", async () => {
    const shelf = new Shelf(files([group([entry(paid(keysOf()[0]!, 4_250), 0)])]));
    const found = await findLetter(shelf.server, SECRET);
    expect([shelf.asked, left(found)]).toEqual([["coupons"], VALUES]);
    expect(left(await readToEnd(shelf.server, SECRET, found))).toEqual([5_750, 5_000]);
  });

  it("of a blank letter finds nothing, until moves made its coupons, in any order and with gaps", async () => {
    const made = (index: number, amount: number, time = NINE) =>
      entry({ key: couponKey(OTHER, 0, index), kind: 4, amount, time }, 2 ** 32 - 1);
    const spent = entry(paid(couponKey(OTHER, 0, 5), 500, NINE + 90), 0);
    const groups = [group([made(5, 5_750)]), group([made(2, 0, NINE + 60), spent], NINE / 60 + 1)];
    expect((await openLetter(new Shelf(files()).server, OTHER)).coupons).toEqual([]);
    const opened = await openLetter(new Shelf(files(groups)).server, OTHER);
    expect(opened.coupons.map(({ index, value }) => [index, value])).toEqual([[2, 0], [5, 5_750]]);
    expect([left(opened), opened.keys.map(addressOf)]).toEqual([[0, 5_250], opened.coupons.map(({ address }) => address)]);
    // A letter of which a coupon was issued holds what was issued.
    expect((await openLetter(new Shelf(files(groups)).server, SECRET)).coupons).toHaveLength(2);
  });

  it("finds every coupon of a large letter", async () => {
    const keys = Array.from({ length: 32 }, (_, index) => couponKey(SECRET, 0, index));
    const shelf = new Shelf({ ...files(), coupons: couponsFile({ 500: keys.map(addressOf) }) });
    expect((await openLetter(shelf.server, SECRET)).coupons).toHaveLength(32);
  });

  it("tells which stored letter it is of, in any generation", () => {
    const moved = { ...letter(), coupons: [unused(addressOf(keysOf(SECRET, 3)[0]!), 0, 3, 1)] };
    expect([isOf(SECRET, letter()), isOf(SECRET, moved), isOf(OTHER, letter())]).toEqual([true, true, false]);
  });
});

interface FilesRow {
  about: string;
  letter: string;
  couponsFile: Hex;
  files: { span: string; bytes: Hex }[];
  /** Whether the last file is to be refused. */
  refused: boolean;
  coupons: { index: number; generation: number; remaining: number; lastNonce: number; moved: boolean; changes: object[] }[];
}

describe.each(vectors<FilesRow>("change_files"))("files with $about", ({ letter: text, couponsFile, files, refused, coupons }) => {
  it(refused ? "are refused" : "give what the letter holds", async () => {
    const secret = readLetter(text);
    const shelf = new Shelf({ coupons: raw(couponsFile) });
    let now: Read = await findLetter(shelf.server, secret);
    const keys = now.coupons.map(({ index }) => couponKey(secret, 0, index));
    const blankCoupons = keys.length > 0 ? [] : blankCouponsOf(secret);
    const take = (span: string, bytes: Uint8Array): void => {
      const [year, month, day] = span.split("-").map(Number) as [number, number, number?];
      const at = Date.UTC(year, month - 1, day ?? 1) / 86_400_000;
      const period = day ? ({ kind: "day", number: at } as const) : ({ kind: "month", number: year * 100 + month } as const);
      const { key, part } = readFile(bytes, SCHEME, period);
      const step = { month: year * 100 + month, monthKey: key, part };
      const before = { ...now, coupons: now.coupons.map((coupon) => (now.position!.month < step.month ? { ...coupon, entries: 0 } : coupon)) };
      const whole = withMade(before, { ...step, position: startOf(at) }, keys, blankCoupons, new Map());
      now = afterStep(whole, { ...step, position: startOf(at) }, keys, nextKeys(secret), new Map());
    };
    const attempt = (): void => files.forEach(({ span, bytes }) => take(span, raw(bytes)));
    if (refused) expect(attempt).toThrow(FileWrong);
    else attempt();
    const newest = coupons.filter(({ index }, place) => coupons[place + 1]?.index !== index);
    expect(now.coupons.map(({ index, generation, remaining, lastNonce, moved }) => [index, generation, remaining, lastNonce, moved !== null])).toEqual(
      newest.map(({ index, generation, remaining, lastNonce, moved }) => [index, generation, remaining, lastNonce, moved]),
    );
    const told = coupons.flatMap(({ changes }) => changes).filter((change) => (change as { kind: number }).kind !== 3);
    expect([...now.past, ...now.coupons.flatMap(({ history }) => history)]).toHaveLength(told.length);
  });
});
