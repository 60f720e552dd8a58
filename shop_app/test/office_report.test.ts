import { expect, it } from "vitest";
import { type Report, reportOf, reportText } from "../src/core/office/report";
import { NO_OFFICE } from "../src/core/office/view";
import { backOf, latestOf, paymentOf } from "../src/core/latest";
import type { ClaimEntry, Device, RefundEntry } from "../src/core/model";
import { NO_SELLING } from "../src/core/selling_view";
import { wordsIn } from "../src/texts";

const FIRST = `0x${"0a".repeat(20)}` as const;
const SECOND = `0x${"0b".repeat(20)}` as const;
const id = (digits: string) => `0x${digits.repeat(32)}` as const;
const BOOKS = { refunds: true, books: true };
const TILLS = [
  { till: FIRST, name: "Toonbank", active: true, rights: BOOKS },
  { till: SECOND, name: "Kassa 2", active: true, rights: BOOKS },
];
const PAYMENTS = [
  { id: id("11"), amount: 4250, refunded: 250, time: "2026-11-22T16:00:00Z", till: FIRST },
  { id: id("22"), amount: 1005, refunded: 0, time: "2026-11-22T12:00:00Z", till: SECOND },
  { id: id("33"), amount: 1995, refunded: 0, time: "2026-11-22T09:00:00Z", till: FIRST },
];
/** 22 November 2026, 17:42 in the Netherlands. */
const READ_AT = Date.parse("2026-11-22T16:42:00Z") / 1000;

function claim(digits: string, change: Partial<ClaimEntry>): ClaimEntry {
  return { id: id(digits), state: "open", amount: 500, paid: 0, time: null, madeAt: READ_AT, ...change } as ClaimEntry;
}

function read(books: boolean, claims: ClaimEntry[] = []): Report {
  const facts = { rights: { refunds: false, books } } as NonNullable<typeof NO_OFFICE.facts>;
  const office = { ...NO_OFFICE, day: "2026-11-22", payments: PAYMENTS, tills: TILLS, facts, readAt: READ_AT };
  const device = { name: "De Ketting", tillName: "Toonbank" } as Device;
  return reportOf({ device, office, selling: { ...NO_SELLING, claims } })!;
}

it("a report adds up the day, and each till by itself", () => {
  expect(read(true)).toEqual({
    shop: "De Ketting",
    day: "2026-11-22",
    readAt: READ_AT,
    only: null,
    totals: { count: 3, paid: 7250, refunded: 250, net: 7000 },
    tills: [
      { name: "Kassa 2", count: 1, paid: 1005, refunded: 0, net: 1005 },
      { name: "Toonbank", count: 2, paid: 6245, refunded: 250, net: 5995 },
    ],
    open: { count: 0, sum: 0 },
  });
});

it("a report of a till that sees no books says so", () => {
  expect(read(false).only).toBe("Toonbank");
});

it("what is not answered is told and not added", () => {
  const claims = [claim("44", {}), claim("55", { state: "paid", paid: 500 }), claim("66", { madeAt: READ_AT - 86_400 })];
  const { open, totals } = read(true, claims);
  expect(open).toEqual({ count: 1, sum: 500 });
  expect(totals.paid).toBe(7250);
});

it("there is no report before the day is loaded", () => {
  expect(reportOf({ device: null, office: NO_OFFICE, selling: NO_SELLING })).toBeNull();
});

it("a report is shared as lines of text", async () => {
  const text = reportText(read(true, [claim("44", {})]), await wordsIn("nl"));
  expect(text.replaceAll("\u00a0", " ")).toBe(
    "Dagoverzicht Kindpakket\nDe Ketting\nzondag 22 november 2026\n\n" +
      "Betaald: € 72,50 (3 betalingen)\nTerugbetaald: € 2,50\nTotaal: € 70,00\n\n" +
      "Kassa 2: € 10,05 (1 betaling)\nToonbank: € 59,95 (2 betalingen)\n\n" +
      "Nog 1 betaling zonder antwoord, van € 5,00. Die telt niet mee.\n\nStand van 17:42 uur.",
  );
});

it("the last payments of a till are those of today, newest first, with what is not answered and without refusals", () => {
  const claims = [
    claim("11", { madeAt: READ_AT - 60, state: "paid" }),
    claim("22", { madeAt: READ_AT, state: "open" }),
    claim("33", { madeAt: READ_AT - 30, state: "refused" }),
    claim("44", { madeAt: READ_AT - 86_400, state: "paid" }),
  ];
  expect(latestOf(claims, "2026-11-22").map((each) => each.id)).toEqual([id("22"), id("11")]);
});

it("a payment of this till counts as refunded what this till has refunded", () => {
  const refund = { payment: id("11"), amount: 300, state: "done" } as RefundEntry;
  const refunds = [refund, { ...refund, state: "open" }, { ...refund, payment: id("22") }] as RefundEntry[];
  expect(backOf(id("11"), refunds)).toBe(300);
  expect(paymentOf(claim("11", { state: "paid", paid: 450, time: READ_AT }), refunds, FIRST)).toEqual({
    id: id("11"), amount: 450, refunded: 300, time: "2026-11-22T16:42:00.000Z", till: FIRST,
  });
});
