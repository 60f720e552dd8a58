/** The time by the server's clock: a code that is made by a wrong clock would be refused. */

/** From here on it is worth telling that the device's clock is wrong. */
const NOTICEABLE_SECONDS = 90;

/** Unix seconds as the ledger counts them. */
export function ledgerSeconds(offset: number): number {
  return Math.floor(Date.now() / 1000) + offset;
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
export function minutesAhead(offset: number): number {
  if (Math.abs(offset) < NOTICEABLE_SECONDS) return 0;
  return -Math.round(offset / 60) || -Math.sign(offset);
}
