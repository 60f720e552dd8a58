/** The UTC days and months that files of changes are of: days since 1970-01-01, and months as 202701. */

const DAY_MS = 86_400_000;
export const MINUTES_A_DAY = 1440;

export interface Period {
  readonly kind: "day" | "month";
  readonly number: number;
}

/** `2027-01-31`, or `2027-01` for a month. */
export function periodName({ kind, number }: Period): string {
  return kind === "day" ? dateOf(number).toISOString().slice(0, 10) : dateOf(firstDayOf(number)).toISOString().slice(0, 7);
}

export function monthOf(day: number): number {
  const date = dateOf(day);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

export function firstDayOf(month: number): number {
  return Date.UTC(Math.floor(month / 100), (month % 100) - 1) / DAY_MS;
}

export function monthAfter(month: number): number {
  return month % 100 === 12 ? month + 89 : month + 1;
}

/** The number of months from one to a later one. */
export function monthsBetween(from: number, to: number): number {
  return (Math.floor(to / 100) - Math.floor(from / 100)) * 12 + (to % 100) - (from % 100);
}

/** The first minute of a period since 1970, and the first after it. */
export function minutesOf({ kind, number }: Period): [number, number] {
  const first = kind === "day" ? number : firstDayOf(number);
  const after = kind === "day" ? number + 1 : firstDayOf(monthAfter(number));
  return [first * MINUTES_A_DAY, after * MINUTES_A_DAY];
}

function dateOf(day: number): Date {
  return new Date(day * DAY_MS);
}
