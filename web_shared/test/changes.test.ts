/** Files of coupons and of changes: what a holder reads in them, and that a wrong file never gives a balance. */

import { describe, expect, it } from "vitest";
import { concatBytes, type Hex, uint } from "../src/protocol/bytes";
import {
  afterChange, type Change, type CouponState, findChange, type Part, readFile, readGroups, shareOf,
} from "../src/protocol/changes";
import { FileWrong, MAX_FILE_BYTES, readIssued } from "../src/protocol/issued";
import { firstDayOf, monthAfter, monthOf, monthsBetween, periodName } from "../src/protocol/periods";
import { addressOf, type Key } from "../src/protocol/signatures";
import { raw, vectors } from "./vectors";
import {
  couponsFile, DAY, dayFile, end, entry, group, header, keyOf, MONTH, MONTH_KEY, monthFile, NINE, SCHEME, secretsOf,
  startOf, type Told,
} from "./files";

const [MINE, OTHER] = [keyOf(1), keyOf(2)];
const PAYMENT: Hex = "0x01020304050607";
const TODAY = { kind: "day", number: DAY } as const;
const NEW: CouponState = { remaining: 10_000, lastNonce: 0, history: [], moved: null };

const PAID = { key: MINE, kind: 1, shop: 7, amount: 4_250, debit: 4_250, nonce: NINE, id: PAYMENT };
const BACK = { key: MINE, kind: 2, shop: 7, amount: 250, id: PAYMENT };

function opened(bytes: Uint8Array, key: Key = MINE): Change[] {
  return openedOf(readFile(bytes, SCHEME, TODAY).part, key);
}

function openedOf(part: Part, key: Key): Change[] {
  const found: Change[] = [];
  let group = 0;
  for (;;) {
    const next = findChange(part, shareOf(key, MONTH_KEY), MONTH, found.length, group);
    if (next === null) return found;
    found.push(next.change);
    group = next.group;
  }
}

function changed(bytes: Uint8Array, place: number, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[place] = byte;
  return copy;
}

function stateAfter(...told: Told[]): CouponState {
  const entries = told.map((each, number) => entry(each, number));
  return opened(dayFile([group(entries)])).reduce((state, change) => afterChange(state, change, []), NEW);
}

describe("a file of changes", () => {
  it("tells a holder what was paid, refunded and moved, in the order of the ledger", () => {
    const moved = { key: MINE, kind: 3, amount: 6_000, debit: 6_000, nonce: NINE + 9, id: startOf(OTHER) };
    // Within a group, entries are in the order of their tags, which is any order.
    const entries = [PAID, BACK, moved].map((told, number) => entry(told, number)).reverse();
    expect(opened(dayFile([group(entries)]))).toEqual([
      { kind: "paid", shop: 7, amount: 4_250, debit: 4_250, nonce: NINE, time: NINE, id: PAYMENT },
      { kind: "refunded", shop: 7, amount: 250, debit: 0, nonce: 0, time: NINE, id: PAYMENT },
      { kind: "moved", shop: 0, amount: 6_000, debit: 6_000, nonce: NINE + 9, time: NINE, id: startOf(OTHER) },
    ]);
    expect(stateAfter(PAID, BACK, moved)).toEqual({
      remaining: 0,
      lastNonce: NINE + 9,
      moved: startOf(OTHER),
      history: [
        { payment: PAYMENT, shop: 7, amount: 4_250, refunded: 0, whole: 4_250, time: NINE },
        { payment: PAYMENT, shop: 7, amount: 0, refunded: 250, whole: 0, time: NINE },
      ],
    });
  });

  it("tells another holder nothing", () => {
    expect(opened(dayFile([group([entry(PAID, 0)])]), OTHER)).toEqual([]);
  });

  it("is read in parts: the rest continues where a group begins", () => {
    const first = dayFile([group([entry(PAID, 0)])]);
    const later = { ...BACK, time: NINE + 60 };
    const whole = dayFile([group([entry(PAID, 0)]), group([entry(later, 1)], NINE / 60 + 1)]);
    const { part } = readFile(first, SCHEME, TODAY);
    expect([part.minuteAt, part.end, part.over]).toEqual([42, first.length, false]);
    const rest = readGroups(whole.subarray(part.minuteAt), 0, TODAY);
    expect(openedOf(rest, MINE).map(({ kind }) => kind)).toEqual(["paid", "refunded"]);
    expect([rest.minuteAt, rest.end]).toEqual([first.length - 42, whole.length - 42]);
  });

  it("of a month tells where its last day begins", () => {
    const early = entry({ ...PAID, time: NINE - 86_400 }, 0);
    const groups = [group([early], NINE / 60 - 1440), group([entry(BACK, 1)])];
    const { part } = readFile(monthFile(groups), SCHEME, { kind: "month", number: MONTH });
    expect([part.lastDay, part.dayAt, part.minuteAt]).toEqual([DAY, 42 + 62, 42 + 62]);
    expect(openedOf(part, MINE)).toHaveLength(2);
  });

  it("is over when it has its end", () => {
    expect(readFile(dayFile([], DAY, true), SCHEME, TODAY).part).toMatchObject({ over: true, lastDay: null, end: 42 });
    expect(readFile(dayFile([group([entry(PAID, 0)])], DAY, true), SCHEME, TODAY).part.over).toBe(true);
    expect(readFile(dayFile(), SCHEME, TODAY).part.over).toBe(false);
  });

  it("that was cut off at any byte is refused, or ends with a group", () => {
    const groups = [group([entry(PAID, 0), entry({ ...PAID, key: OTHER }, 0)]), group([entry(BACK, 1)])];
    const whole = dayFile(groups, DAY, true);
    const ends = [42, 42 + groups[0]!.length, 42 + groups[0]!.length + groups[1]!.length, whole.length];
    for (let length = 0; length <= whole.length; length++) {
      const read = (): Change[] => opened(whole.subarray(0, length));
      if (ends.includes(length)) expect(read(), `${length} bytes`).toHaveLength(ends.indexOf(length) > 2 ? 2 : ends.indexOf(length));
      else expect(read, `${length} bytes`).toThrow(FileWrong);
    }
  });

  it("of another scheme, day, month, kind or version is refused", () => {
    const file = dayFile([group([entry(PAID, 0)])]);
    const month = { kind: "month", number: MONTH } as const;
    expect(() => readFile(file, SCHEME + 1, TODAY)).toThrow(FileWrong);
    expect(() => readFile(file, SCHEME, { kind: "day", number: DAY + 1 })).toThrow(FileWrong);
    expect(() => readFile(file, SCHEME, month)).toThrow(FileWrong);
    expect(() => readFile(monthFile(), SCHEME, TODAY)).toThrow(FileWrong);
    expect(() => readFile(changed(file, 2, 2), SCHEME, TODAY)).toThrow(FileWrong);
  });

  it.each([
    ["a minute before the day", [group([entry(PAID, 0)], DAY * 1440 - 1)]],
    ["a minute after the day", [group([entry(PAID, 0)], (DAY + 1) * 1440)]],
    ["minutes that decrease", [group([entry(PAID, 0)]), group([entry(BACK, 1)], NINE / 60 - 1)]],
    ["an end that is not of the day", [group([], NINE / 60)]],
    ["something after its end", [end(TODAY), end(TODAY)]],
    ["a count above its length", [concatBytes(uint(NINE / 60, 4), uint(65_535, 2), entry(PAID, 0))]],
  ])("with %s is refused", (_, groups) => {
    expect(() => readFile(dayFile(groups), SCHEME, TODAY)).toThrow(FileWrong);
  });

  it("that is larger than can be is refused before it is read", () => {
    const large = new Uint8Array(MAX_FILE_BYTES + 1);
    large.set(header(TODAY));
    expect(() => readFile(large, SCHEME, TODAY)).toThrow("too large");
  });

  it("with a month's key that is no point of the curve is refused", () => {
    expect(() => shareOf(MINE, `0x02${"ff".repeat(32)}`)).toThrow(FileWrong);
  });
});

describe("an entry", () => {
  it("is found among others that have its tag by chance", () => {
    const { tag } = secretsOf(MINE, 0);
    const others = [3, 4, 5].map((number) => concatBytes(tag, entry({ ...PAID, key: keyOf(number) }, 0).subarray(8)));
    const file = dayFile([group([...others, entry(PAID, 0), ...others])]);
    expect(opened(file)).toHaveLength(1);
  });

  it("that only has its tag by chance is passed over", () => {
    const { tag } = secretsOf(MINE, 0);
    expect(opened(dayFile([group([concatBytes(tag, entry(PAID, 1).subarray(8))])]))).toEqual([]);
    expect(opened(dayFile([group(Array(2_000).fill(concatBytes(tag, new Uint8Array(48))))]))).toEqual([]);
  });

  it("of another month, number or coupon, or with a changed byte, is not opened", () => {
    expect(opened(dayFile([group([entry(PAID, 0, MONTH + 1)])]))).toEqual([]);
    expect(opened(dayFile([group([entry(PAID, 1)])]))).toEqual([]);
    const good = entry(PAID, 0);
    for (let place = 0; place < good.length; place++) {
      expect(opened(dayFile([group([changed(good, place, good[place]! ^ 1)])])), `byte ${place}`).toEqual([]);
    }
  });

  it("that lies before the coupon's last entry makes the file wrong", () => {
    const groups = [group([entry({ ...PAID, nonce: NINE + 1 }, 1)]), group([entry(PAID, 0)])];
    expect(() => opened(dayFile(groups))).toThrow(FileWrong);
  });

  it.each<[string, Partial<Told>]>([
    ["no known kind", { kind: 0 }],
    ["no known kind", { kind: 5 }],
    ["padding", { padding: 1 }],
    ["a time outside its minute", { time: NINE + 60 }],
    ["a time before its minute", { time: NINE - 1 }],
  ])("with %s makes the file wrong", (_, change) => {
    expect(() => opened(dayFile([group([entry({ ...PAID, ...change }, 0)])]))).toThrow(FileWrong);
  });
});

describe("the state of a coupon", () => {
  it.each<[string, Told[]]>([
    ["more taken than there is", [{ ...PAID, amount: 10_001, debit: 10_001 }]],
    ["more taken than was paid", [{ ...PAID, amount: 100, debit: 101 }]],
    ["a nonce that was used", [PAID, { ...PAID, amount: 1, debit: 1 }]],
    ["a payment twice", [PAID, PAID]],
    ["more refunded than was paid", [PAID, { ...BACK, amount: 4_251 }]],
    ["more refunded in two parts than was paid", [PAID, { ...BACK, amount: 4_250 }, { ...BACK, amount: 1 }]],
    ["a move to a shop", [{ key: MINE, kind: 3, shop: 7, amount: 10_000, debit: 10_000, nonce: NINE }]],
    ["a refund of nothing", [PAID, { ...BACK, amount: 0 }]],
    ["a move of less than there is", [{ key: MINE, kind: 3, amount: 9_999, debit: 9_999, nonce: NINE }]],
    ["a move that takes more than it moves", [{ key: MINE, kind: 3, amount: 9_999, debit: 10_000, nonce: NINE }]],
    ["a move with a nonce that was used", [PAID, { key: MINE, kind: 3, amount: 5_750, debit: 5_750, nonce: NINE }]],
    ["anything after a move", [{ key: MINE, kind: 3, amount: 10_000, debit: 10_000, nonce: NINE }, BACK]],
  ])("is never one with %s", (_, told) => {
    expect(() => stateAfter(...told)).toThrow(FileWrong);
  });

  it("has the nonce of a code from which it paid nothing", () => {
    const state = stateAfter({ ...PAID, debit: 0 });
    expect([state.remaining, state.lastNonce]).toEqual([10_000, NINE]);
  });

  it("can be above its first value: all of a refund comes to a payment's first coupon", () => {
    const both = { ...PAID, amount: 14_000, debit: 10_000 };
    expect(stateAfter(both, { ...BACK, amount: 14_000 }).remaining).toBe(14_000);
  });

  it("takes a refund of what an earlier generation paid, and no more than that", () => {
    const past = [{ payment: PAYMENT, shop: 7, amount: 4_250, refunded: 4_000, whole: 4_250, time: NINE }];
    const back: Change = { kind: "refunded", shop: 7, amount: 250, debit: 0, nonce: 0, time: NINE, id: PAYMENT };
    expect(afterChange(NEW, back, past).remaining).toBe(10_250);
    expect(() => afterChange(NEW, { ...back, amount: 251 }, past)).toThrow(FileWrong);
  });
});

describe("the coupons file", () => {
  const [first, second, third] = [keyOf(1), keyOf(2), keyOf(3)].map(addressOf) as [Hex, Hex, Hex];
  const file = couponsFile({ 500: [first], 10_000: [second, third] });

  it("has the value of each issued coupon, and the day of the first", () => {
    const issued = readIssued(file, SCHEME);
    expect([first, second, third, addressOf(keyOf(4))].map(issued.valueOf)).toEqual([500, 10_000, 10_000, null]);
    expect(issued.firstDay).toBe(DAY);
  });

  it("that was cut off at any byte is refused, or ends with a value", () => {
    for (let length = 0; length < file.length; length++) {
      const read = (): unknown => readIssued(file.subarray(0, length), SCHEME);
      if (length === 9 || length === 9 + 8 + 6) expect(read, `${length} bytes`).not.toThrow();
      else expect(read, `${length} bytes`).toThrow(FileWrong);
    }
  });

  it("of another scheme, or with values out of order, without coupons, or with a huge count is refused", () => {
    expect(() => readIssued(file, SCHEME + 1)).toThrow(FileWrong);
    const section = (value: number, count: number): Uint8Array => concatBytes(uint(value, 4), uint(count, 4));
    const head = file.subarray(0, 9);
    for (const sections of [section(0, 1), section(500, 0), section(500, 2 ** 32 - 1)]) {
      expect(() => readIssued(concatBytes(head, sections, new Uint8Array(6)), SCHEME)).toThrow(FileWrong);
    }
    const descending = concatBytes(new Uint8Array(6).fill(2), new Uint8Array(6).fill(1));
    expect(() => readIssued(concatBytes(head, section(500, 2), descending), SCHEME)).toThrow(FileWrong);
    expect(() => readIssued(couponsFile({}, SCHEME, 2 ** 32 - 1), SCHEME)).toThrow(FileWrong);
    const twice = concatBytes(file, file.subarray(9));
    expect(() => readIssued(twice, SCHEME)).toThrow(FileWrong);
  });

  it("with the same bytes under two values counts the lower", () => {
    expect(readIssued(couponsFile({ 500: [first], 10_000: [first] }), SCHEME).valueOf(first)).toBe(500);
  });
});

describe("days and months", () => {
  it("are those of UTC", () => {
    expect(periodName({ kind: "day", number: 20_833 })).toBe("2027-01-15");
    expect(periodName({ kind: "month", number: 202_701 })).toBe("2027-01");
    expect([monthOf(20_819), monthOf(20_818)]).toEqual([202_701, 202_612]);
    expect(firstDayOf(202_701)).toBe(20_819);
    expect([monthAfter(202_612), monthAfter(202_701)]).toEqual([202_701, 202_702]);
    expect(monthsBetween(202_611, 202_702)).toBe(3);
  });
});

interface EntryRow {
  month: number;
  monthPublicKey: Hex;
  couponKey: Hex;
  number: number;
  change: Omit<Change, "kind"> & { kind: number };
  entry: Hex;
}

describe.each(vectors<EntryRow>("changes"))("entry $number of a coupon in $month", (row) => {
  it("opens with the coupon's key", () => {
    const minute = Math.floor(row.change.time / 60);
    const bytes = group([raw(row.entry)], minute % 2 ** 32);
    const byTag = new Map([[new DataView(bytes.buffer).getBigUint64(6), [6]]]);
    const part = { ...readGroups(new Uint8Array(), 0, TODAY), bytes, byTag, groups: new Map([[6, 0]]) };
    const open = (): unknown => findChange(part, shareOf(raw(row.couponKey), row.monthPublicKey), row.month, row.number);
    const change = { ...row.change, kind: ["paid", "refunded", "moved", "made"][row.change.kind - 1] };
    if (minute < 2 ** 32) expect(open()).toEqual({ change, group: 0 });
    else expect(open).toThrow("not a change"); // no block has such a time
  });
});

interface CouponsRow {
  about: string;
  scheme: number;
  bytes: Hex;
  coupons: Record<string, number> | null;
}

describe.each(vectors<CouponsRow>("coupon_files"))("a coupons file with $about", ({ scheme, bytes, coupons }) => {
  it(coupons ? "is read" : "is refused", () => {
    if (coupons === null) {
      expect(() => readIssued(raw(bytes), scheme)).toThrow(FileWrong);
      return;
    }
    const issued = readIssued(raw(bytes), scheme);
    for (const [start, value] of Object.entries(coupons)) {
      expect(issued.valueOf(`${start}${"00".repeat(14)}` as Hex)).toBe(value);
    }
  });
});
