/** Reminders of the end, and what was spent by month. */

import { describe, expect, it } from "vitest";
import { type Reminder, reminderFor } from "../src/core/home";
import { unused } from "web_shared/letter/coupons";
import type { Scheme } from "web_shared/letter/server";
import type { Letter } from "../src/core/model";
import { byMonth, netOf, type Purchase } from "../src/core/purchases";

/** 1 February 2028 at 00:00 in the Netherlands: the last day is 31 January. */
const CLOSES = Date.UTC(2028, 0, 31, 23) / 1000;
const SCHEME: Scheme = { id: 1, name: "", opens: 0, closes: CLOSES, paused: false, closed: false, text: "" };

function letter(remaining: number): Letter {
  const coupon = { ...unused(`0x${"11".repeat(20)}`, 0, 0, 30_000), remaining };
  return {
    id: "a", name: "", scheme: 1, coupons: [coupon], keys: { iv: new Uint8Array(12), data: new Uint8Array(0) }, past: [],
    code: null, shownNonce: 0, ledger: "", position: null, syncedAt: null,
  };
}

/** Unix seconds of a time in January 2028 in the Netherlands. */
function january(day: number, hour: number, minute = 0): number {
  return Date.UTC(2028, 0, day, hour - 1, minute) / 1000;
}

describe("a reminder of the end", () => {
  const cases: [string, number, Reminder | undefined, Reminder | null][] = [
    ["29 days before", january(2, 23, 59), undefined, null],
    ["28 days before", january(3, 0), undefined, 28],
    ["28 days before, read", january(3, 0), 28, null],
    ["8 days before, read four weeks before", january(23, 23, 59), 28, null],
    ["8 days before, not read", january(23, 23, 59), undefined, 28],
    ["7 days before, read four weeks before", january(24, 0), 28, 7],
    ["7 days before, not read", january(24, 0), undefined, 7],
    ["7 days before, read", january(24, 0), 7, null],
    ["the day before", january(30, 12), undefined, 7],
    ["on the last day, which is told otherwise", january(31, 12), undefined, null],
    ["afterwards", january(31, 24, 1), undefined, null],
  ];

  it.each(cases)("%s", (_when, now, read, due) => {
    expect(reminderFor(letter(100), SCHEME, read, now)).toBe(due);
  });

  it("is not given when there is nothing to spend, or it cannot be spent", () => {
    const now = january(10, 12);
    expect(reminderFor(letter(100), SCHEME, undefined, now)).toBe(28);
    expect(reminderFor(letter(0), SCHEME, undefined, now)).toBeNull();
    expect(reminderFor(letter(100), { ...SCHEME, paused: true }, undefined, now)).toBeNull();
    expect(reminderFor(letter(100), { ...SCHEME, closed: true }, undefined, now)).toBeNull();
    expect(reminderFor(letter(100), undefined, undefined, now)).toBeNull();
  });
});

describe("what was spent by month", () => {
  const bought = (time: number, amount: number, refunded = 0): Purchase =>
    ({ payment: `0x${time}`, shop: 1, amount, refunded, time, proof: "" });
  // 31 January at 23.59 and 1 February at 00.00 in the Netherlands, where it is one hour later than in UTC.
  const purchases = [
    bought(Date.UTC(2028, 1, 15) / 1000, 1_000),
    bought(CLOSES, 2_550, 550),
    bought(CLOSES - 60, 4_250),
    bought(Date.UTC(2027, 0, 15) / 1000, 500, 500),
  ];

  it("is by the calendar of the Netherlands, newest first", () => {
    expect(byMonth(purchases).map(({ name, purchases: of }) => [name, of.length])).toEqual([
      ["2028-02", 2],
      ["2028-01", 1],
      ["2027-01", 1],
    ]);
  });

  it("is added up without what came back", () => {
    expect(byMonth(purchases).map(({ purchases: of }) => netOf(of))).toEqual([3_000, 4_250, 0]);
  });
});
