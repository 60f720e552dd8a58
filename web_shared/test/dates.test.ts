/** Days and times do not depend on how a browser prints a locale. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Dates = typeof import("../src/dates");

/** 28 November 2026, half past midnight in the Netherlands. */
const NIGHT = Date.UTC(2026, 10, 27, 23, 30) / 1000;
/** 5 July 2026, five past nine: summer time, and a day and an hour of one digit. */
const MORNING = Date.UTC(2026, 6, 5, 7, 5) / 1000;

/** A browser that prints every locale in the American way, and midnight as 24. */
class American extends Intl.DateTimeFormat {
  constructor(_: string, how: Intl.DateTimeFormatOptions) {
    super("en-US", { hourCycle: "h24", ...how });
  }
}

const BROWSERS = { "as usual": Intl.DateTimeFormat, "the American way": American };

describe.each(Object.entries(BROWSERS))("in a browser that prints %s", (_, format) => {
  let dates: Dates;

  beforeEach(async () => {
    vi.resetModules();
    vi.stubGlobal("Intl", { ...Intl, DateTimeFormat: format });
    dates = await import("../src/dates");
  });

  afterEach(() => vi.unstubAllGlobals());

  it("a day is that of the Netherlands, in ISO 8601", () => {
    expect(dates.isoDay(NIGHT)).toBe("2026-11-28");
    expect(dates.isoDay(MORNING)).toBe("2026-07-05");
  });

  it("a time has 24 hours, and midnight is 00:00", () => {
    expect(dates.clockTime(NIGHT)).toBe("00:30");
    expect(dates.clockTime(MORNING)).toBe("09:05");
  });

  it("the days to an end are counted", () => {
    const closes = Date.UTC(2026, 11, 31, 23) / 1000; // the first moment of 2027
    expect(dates.daysLeft(closes, NIGHT)).toBe(33);
    expect(dates.endOf({ closes, closed: false })).toBe("until_day");
  });
});
