/** Texts for the status of a letter and its scheme. */

import { day, daysLeft, sayEnd } from "web_shared/dates";
import type { Scheme } from "web_shared/letter/server";
import { type Reminder, type Standing, stopOf } from "../core/home";
import type { Purchase } from "../core/purchases";
import type { Key, Words } from "../texts";

const LABELS: Partial<Record<Standing, Key>> = {
  is_over: "left_over",
  is_closed: "left_over",
  not_yet: "left_not_yet",
  paused: "left_paused",
};

/** The label of the amount that is left: until when it can be spent, or that it cannot. */
export function sayLeft(standing: Standing, scheme: Scheme | undefined, words: Words): string {
  const key = LABELS[standing] ?? "left_label";
  if (!scheme) return words.say(key);
  const label = words.say(key, { date: day(scheme.opens, words.language.code) });
  return key === "left_label" || key === "left_not_yet" ? `${label} ${sayEnd(scheme, words)}` : label;
}

/** One or two sentences about a status; empty for `open`. */
export function sayStanding(
  standing: Standing,
  scheme: Scheme | undefined,
  now: number,
  words: Words,
): string {
  if (standing === "open") return "";
  if (!scheme) return words.say(standing);
  const date = day(scheme.opens, words.language.code);
  return words.say(standing, { date, end: sayEnd(scheme, words), count: daysLeft(scheme.closes, now) });
}

/** A reminder of the end of a budget. */
export function sayReminder(due: Reminder, scheme: Scheme, now: number, words: Words): string {
  const told = words.say("ends_soon", { end: sayEnd(scheme, words), count: daysLeft(scheme.closes, now) });
  return due > 7 ? told : `${told} ${words.say("ends_week")}`;
}

/** The text about the refund of a purchase, in part or in full. */
export function sayRefunded({ amount, refunded }: Purchase, words: Words): string {
  return words.say(refunded < amount ? "refunded" : "refunded_whole", { amount: words.euros(refunded) });
}

/** Why the budget cannot be spent now; empty when it can. */
export function sayStop(scheme: Scheme | undefined, now: number, words: Words): string {
  return sayStanding(stopOf(scheme, now) ?? "open", scheme, now, words);
}

/** The amount on a letter that was read. */
export function sayFound(amount: number, scheme: Scheme | undefined, now: number, words: Words): string {
  const stop = stopOf(scheme, now);
  const over = stop === "is_over" || stop === "is_closed";
  const found = words.say(over ? "name_over" : "name_found", { amount: words.euros(amount) });
  return over ? found : `${found} ${sayStop(scheme, now, words)}`.trim();
}
