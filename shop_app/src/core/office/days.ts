/** Days as they are in the Netherlands, written `2026-11-22`, as the server and a date field take them. */

import { clockTime, isoDay } from "web_shared/dates";

const DAY_MS = 86_400_000;

/** @param time Unix seconds, or RFC 3339 */
export function dayOf(time: number | string): string {
  return isoDay(secondsOf(time));
}

export function timeOf(time: number | string): string {
  return clockTime(secondsOf(time));
}

export function addDays(day: string, count: number): string {
  return new Date(noon(day) + count * DAY_MS).toISOString().slice(0, 10);
}

export function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** What a date field may give: nothing, half a date, or a day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(noon(text)) && addDays(text, 0) === text;
}

export function sayDay(day: string, language: string): string {
  const how = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, how).format(noon(day));
}

/** dd-mm-jjjj, as Dutch spreadsheets have it. */
export function dutchDay(day: string): string {
  return day.split("-").reverse().join("-");
}

function noon(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}

function secondsOf(time: number | string): number {
  return typeof time === "number" ? time : Date.parse(time) / 1000;
}
