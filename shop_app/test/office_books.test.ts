import { describe, expect, it } from "vitest";
import { MemoryStore } from "web_shared/device/store";
import { Trouble } from "web_shared/device/trouble";
import { bankReference, leftToRefund, type Payment, paymentsCsv, shortAddress, tillName, totalsOf } from "../src/core/office/books";
import { OwnNumbers, ownNumber } from "../src/core/office/own";
import { wholeList } from "../src/core/office/paging";
import { addDays, dayOf, dutchDay, firstOfMonth, isDay, sayDay, timeOf } from "../src/core/office/days";

const FIRST = `0x${"0a".repeat(20)}` as const;
const SECOND = `0x${"0b".repeat(20)}` as const;
const TILLS = [{ till: FIRST, name: "=Kassa; 1", active: true, rights: { refunds: false, books: false } }];
const HEADS = ["Datum", "Tijd", "Kassa", "Bewijs", "Betaald", "Terug", "Netto", "Eigen"] as const;

function payment(id: string, amount: number, refunded: number, time: string, till = FIRST as Payment["till"]): Payment {
  return { id: `0x${id.repeat(32)}`, amount, refunded, time, till };
}

it("a long list is requested until a page is not full", async () => {
  const all = Array.from({ length: 2000 }, (_, row) => row);
  const asked: (number | undefined)[] = [];
  const ask = async (last: number | undefined): Promise<number[]> => {
    asked.push(last);
    const from = last === undefined ? 0 : last + 1;
    return all.slice(from, from + 1000);
  };
  expect(await wholeList(ask)).toEqual(all);
  expect(asked).toEqual([undefined, 999, 1999]);
});

it("a list that does not end is given up", async () => {
  const page = Array.from({ length: 1000 }, (_, row) => row);
  let asked = 0;
  const ask = async (): Promise<number[]> => {
    asked++;
    return page;
  };
  await expect(wholeList(ask)).rejects.toThrow(new Trouble("server"));
  expect(asked).toBe(200);
});

describe("the books", () => {
  const payments = [
    { ...payment("22", 4250, 0, "2026-11-22T22:59:00Z"), own: "=1+1" },
    payment("11", 1000, 1000, "2026-11-21T23:01:00Z", SECOND),
  ];

  it("have totals", () => {
    expect(totalsOf(payments)).toEqual({ count: 2, paid: 5250, refunded: 1000, net: 4250 });
    expect(totalsOf([])).toEqual({ count: 0, paid: 0, refunded: 0, net: 0 });
  });

  it("show the name of a till, or the mark of its address", () => {
    expect(tillName(FIRST, TILLS)).toBe("=Kassa; 1");
    expect(tillName(SECOND, TILLS)).toBe("0B0B-0B0B");
    expect(shortAddress("0xfe23fc126647dac7430e7515b5977dd36375c751")).toBe("FE23-FC12");
  });

  it("are exported as CSV, oldest first, in Dutch time", () => {
    expect(paymentsCsv(payments, TILLS, HEADS)).toBe(
      "\ufeffDatum;Tijd;Kassa;Bewijs;Betaald;Terug;Netto;Eigen\r\n" +
        "22-11-2026;00:01;0B0B-0B0B;248H2-48H24;10,00;10,00;0,00;\r\n" +
        `22-11-2026;23:59;"'=Kassa; 1";48H24-8H248;42,50;0,00;42,50;'=1+1\r\n`,
    );
  });

  it("show what can still be refunded, less the refunds that this device has sent", () => {
    const bought = payment("22", 1000, 0, "2026-11-22T12:00:00Z");
    const sent = (amount: number, state: "open" | "done" | "refused") => ({ amount, state });
    expect(leftToRefund(bought, [])).toBe(1000);
    expect(leftToRefund(bought, [sent(300, "open")])).toBe(700);
    expect(leftToRefund(bought, [sent(300, "done"), sent(500, "refused")])).toBe(700);
    expect(leftToRefund({ ...bought, refunded: 300 }, [sent(300, "done"), sent(600, "open")])).toBe(100);
    expect(leftToRefund({ ...bought, refunded: 700 }, [sent(600, "open")])).toBe(0);
  });

  it("have the reference of the bank statement", () => {
    expect(bankReference(12, 7)).toBe("KP-12-7");
  });
});

describe("the shop's own number", () => {
  it.each([
    ["  2026-0123 ", "2026-0123"],
    ["bon\u00a0\t\n7", "bon 7"],
    ["\u200b\ufeff", ""],
    ["a\u0000b", "a b"],
    ["12345678901234567890123", "12345678901234567890"],
    ["\u{1f6b2}".repeat(21), "\u{1f6b2}".repeat(20)],
  ])("%j is kept as %j", (typed, kept) => expect(ownNumber(typed)).toBe(kept));

  it("is stored on the device only, until it is emptied", async () => {
    const own = new OwnNumbers(new MemoryStore());
    const [first, second] = [payment("22", 1, 0, "2026-11-22T12:00:00Z"), payment("11", 2, 0, "2026-11-22T12:00:00Z")];
    await own.keep(first.id, "A 7");
    const found = await own.with([first, { ...second, own: "of somebody else" }]);
    expect(found.map((each) => each.own)).toEqual(["A 7", ""]);
    await own.keep(first.id, "");
    expect(await own.of(first.id)).toBe("");
  });
});

describe("a day", () => {
  it("begins at midnight in Amsterdam, in summer too", () => {
    expect(dayOf("2026-11-21T22:59:59Z")).toBe("2026-11-21");
    expect(dayOf("2026-11-21T23:00:00Z")).toBe("2026-11-22");
    expect(dayOf(Date.parse("2026-07-01T22:00:00Z") / 1000)).toBe("2026-07-02");
    expect(timeOf("2026-07-01T22:05:00Z")).toBe("00:05");
  });

  it("has a day before and after it, also at a change of daylight saving time", () => {
    expect(addDays("2026-03-29", 1)).toBe("2026-03-30");
    expect(addDays("2026-10-25", -1)).toBe("2026-10-24");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(firstOfMonth("2026-12-31")).toBe("2026-12-01");
  });

  it("has a long and a short form", () => {
    expect(sayDay("2026-11-22", "nl")).toBe("zondag 22 november 2026");
    expect(dutchDay("2026-11-22")).toBe("22-11-2026");
  });

  it.each(["", "2026-11", "2026-02-30", "22-11-2026"])("is not %j", (text) => {
    expect(isDay(text)).toBe(false);
  });
});
