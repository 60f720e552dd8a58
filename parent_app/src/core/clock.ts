/** The time by the server's clock: a code that is made by a wrong clock would be refused. */

import type { Facts } from "./model";

/** From here on it is worth telling that the device's clock is wrong. */
const NOTICEABLE_SECONDS = 90;

export function deviceSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Unix seconds as the ledger counts them. */
export function ledgerSeconds(facts: Facts): number {
  return deviceSeconds() + facts.clockOffset;
}

/**
 * The server's clock minus the device's, in seconds.
 *
 * @param serverTime RFC 3339
 * @param askedAt the device's clock in milliseconds, before and after
 */
export function clockOffset(serverTime: string, askedAt: number, answeredAt: number): number {
  return Math.round((Date.parse(serverTime) - (askedAt + answeredAt) / 2) / 1000);
}

/** How many minutes the device's clock is ahead (or, below zero, behind); 0 when it is right. */
export function minutesAhead(facts: Facts): number {
  if (Math.abs(facts.clockOffset) < NOTICEABLE_SECONDS) return 0;
  return -Math.round(facts.clockOffset / 60) || -Math.sign(facts.clockOffset);
}
