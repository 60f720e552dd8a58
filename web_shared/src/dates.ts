/** Dates and times in the time zone of the Netherlands, formatted for any language. */

import type { Words } from "./texts/words";

export interface Ending {
  closes: number;
  closed: boolean;
}

export type End = "until_day" | "until_moment" | "closed_at";

const TIME_ZONE = "Europe/Amsterdam";
const DAY_SECONDS = 86_400;
const NUMBERS = {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
} as const;
/** Digits are 0 to 9 in every language, and English is British. */
const LOCALES: Record<string, string> = { ar: "ar-u-nu-latn", en: "en-GB" };

export function day(seconds: number, language: string): string {
  return format(seconds, language, { day: "numeric", month: "long", year: "numeric" });
}

export function monthAndYear(seconds: number, language: string): string {
  return format(seconds, language, { month: "long", year: "numeric" });
}

export function dayAndTime(seconds: number, language: string): string {
  return format(seconds, language, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}

/** The last day on which something that closes at this moment is open. */
export function lastDay(closes: number, language: string): string {
  return day(closes - 1, language);
}

/**
 * How a scheme ends: with a whole day, at a moment within a day, or by being closed at a moment.
 * Python has the same rule in `dutch_end`; `tests/vectors/ends.json` tests both.
 *
 * @param closes unix seconds, exclusive
 */
export function endOf({ closes, closed }: Ending): End {
  if (closes % 60 === 0 && clockTime(closes) === "00:00") return "until_day";
  return closed ? "closed_at" : "until_moment";
}

/** The end in words: `tot en met 31 december 2026`, or `gesloten op 3 mei 2026 om 14.05 uur`. */
export function sayEnd(ending: Ending, words: Pick<Words<End>, "say" | "language">): string {
  const { code } = words.language;
  const end = endOf(ending);
  const time = clockTime(ending.closes).replace(":", code === "nl" ? "." : ":");
  return words.say(end, { date: end === "until_day" ? lastDay(ending.closes, code) : day(ending.closes, code), time });
}

/** Whole days from today to the last day; 0 when today is the last. */
export function daysLeft(closes: number, now: number): number {
  return dayNumber(closes - 1) - dayNumber(now);
}

/** The time of day in 24 hours: `09:05`. */
export function clockTime(seconds: number): string {
  const { hour, minute } = partsOf(seconds);
  return `${hour}:${minute}`;
}

export function minutesAndSeconds(seconds: number): string {
  const rest = Math.max(0, seconds);
  return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
}

/** The day in ISO 8601: `2026-11-22`. */
export function isoDay(seconds: number): string {
  const { year, month, day } = partsOf(seconds);
  return `${year}-${month}-${day}`;
}

/** Each part by its name, with two digits or more: how browsers put them together differs. */
function partsOf(seconds: number): Record<string, string> {
  const parts = formatter("en-u-ca-gregory-nu-latn", NUMBERS).formatToParts(seconds * 1000);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value.padStart(2, "0")]));
}

function dayNumber(seconds: number): number {
  return Math.round(Date.parse(`${isoDay(seconds)}T00:00:00Z`) / 1000 / DAY_SECONDS);
}

function format(seconds: number, language: string, how: Intl.DateTimeFormatOptions): string {
  return formatter(LOCALES[language] ?? language, how).format(seconds * 1000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Cached: on a cheap phone, creating a formatter takes longer than rendering a screen. */
function formatter(locale: string, how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = locale + JSON.stringify(how);
  const made = formatters.get(name) ?? new Intl.DateTimeFormat(locale, { ...how, timeZone: TIME_ZONE });
  formatters.set(name, made);
  return made;
}
