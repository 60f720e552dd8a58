/** What the home screen says about a letter: the first thing that matters. */

import { daysLeft } from "web_shared/dates";
import { left, type Letter, type Scheme, wasMoved } from "./model";

const WARNING_DAYS = 28;

export type Standing =
  | "open" | "ends_soon" | "ends_today" | "is_over" | "not_yet" | "paused"
  | "nothing_left" | "was_moved" | "partly_moved";

export function standingOf(letter: Letter, scheme: Scheme | undefined, now: number): Standing {
  const moved = letter.coupons.filter(wasMoved).length;
  if (moved > 0 && left(letter) === 0) return "was_moved";
  if (scheme && (scheme.closed || now >= scheme.closes)) return "is_over";
  if (scheme && now < scheme.opens) return "not_yet";
  if (left(letter) === 0) return "nothing_left";
  if (scheme?.paused) return "paused";
  if (moved > 0) return "partly_moved";
  if (!scheme) return "open";
  const days = daysLeft(scheme.closes, now);
  if (days === 0) return "ends_today";
  return days <= WARNING_DAYS ? "ends_soon" : "open";
}

/** Whether a code makes sense now. */
export function canPay(standing: Standing): boolean {
  return ["open", "ends_soon", "ends_today", "partly_moved"].includes(standing);
}
