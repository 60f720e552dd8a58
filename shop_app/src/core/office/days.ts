/** Days in the time zone of the Netherlands, in ISO 8601 (`2026-11-22`). */

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

/** Whether the value of a date field is a valid day; it may be empty or incomplete. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(noon(text)) && addDays(text, 0) === text;
}

export function sayDay(day: string, language: string): string {
  const how = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language, how).format(noon(day));
}

/** `dd-mm-yyyy`, the format of Dutch spreadsheets. */
export function dutchDay(day: string): string {
  return day.split("-").reverse().join("-");
}

function noon(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}

function secondsOf(time: number | string): number {
  return typeof time === "number" ? time : Date.parse(time) / 1000;
}
