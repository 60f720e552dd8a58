/** The status of a letter on the home screen. */

import { daysLeft, endOf } from "web_shared/dates";
import type { Scheme } from "web_shared/letter/server";
import { left, type Letter, wasGivenBack, wasMoved } from "./model";

const WARNING_DAYS = 28;
/** Days before the end from which a parent is reminded, each once. */
const REMINDERS = [7, WARNING_DAYS] as const;

export type Reminder = (typeof REMINDERS)[number];

/** Why a scheme takes no payments. */
export type Stop = "is_over" | "is_closed" | "not_yet" | "paused";

export type Standing =
  | Stop | "open" | "ends_soon" | "ends_today" | "nothing_left" | "given_back" | "was_moved" | "partly_moved";

export function standingOf(letter: Pick<Letter, "coupons">, scheme: Scheme | undefined, now: number): Standing {
  const moved = letter.coupons.filter(wasMoved).length;
  if (moved > 0 && left(letter) === 0) return "was_moved";
  const stop = stopOf(scheme, now);
  if (stop && stop !== "paused") return stop;
  if (left(letter) === 0) return letter.coupons.some(wasGivenBack) ? "given_back" : "nothing_left";
  if (stop) return stop;
  if (moved > 0) return "partly_moved";
  if (!scheme) return "open";
  const days = daysLeft(scheme.closes, now);
  if (days === 0) return "ends_today";
  return days <= WARNING_DAYS ? "ends_soon" : "open";
}

/** Why the scheme takes no payments; null when it does, by the data on the phone. */
export function stopOf(scheme: Scheme | undefined, now: number): Stop | null {
  if (!scheme) return null;
  if (scheme.closed || now >= scheme.closes) return endOf(scheme) === "closed_at" ? "is_closed" : "is_over";
  if (now < scheme.opens) return "not_yet";
  return scheme.paused ? "paused" : null;
}

/**
 * The reminder that is due; null when there is none, or when it was read.
 *
 * @param read the last one that the parent has read of this letter
 */
export function reminderFor(
  letter: Letter,
  scheme: Scheme | undefined,
  read: number | undefined,
  now: number,
): Reminder | null {
  if (!scheme || !["ends_soon", "partly_moved"].includes(standingOf(letter, scheme, now))) return null;
  const days = daysLeft(scheme.closes, now);
  const due = REMINDERS.find((each) => days <= each && days > 0) ?? null;
  return due !== null && due < (read ?? Infinity) ? due : null;
}

/** Whether a code can be paid in this status. */
export function canPay(standing: Standing): boolean {
  return ["open", "ends_soon", "ends_today", "partly_moved"].includes(standing);
}
