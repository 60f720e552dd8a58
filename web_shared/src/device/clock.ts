/** The server's time: the ledger refuses a code whose times come from a wrong clock. */

/** From this difference the user is told that the device's clock is wrong. */
const NOTICEABLE_SECONDS = 90;

/** Unix seconds by the ledger's clock. */
export function ledgerSeconds(offset: number): number {
  return Math.floor(Date.now() / 1000) + offset;
}

/**
 * The server's clock minus the device's, in seconds.
 *
 * @param serverTime RFC 3339
 * @param askedAt when the request was sent, in milliseconds by the device's clock
 * @param answeredAt when the answer came, likewise
 */
export function clockOffset(serverTime: string, askedAt: number, answeredAt: number): number {
  return Math.round((Date.parse(serverTime) - (askedAt + answeredAt) / 2) / 1000);
}

/** Minutes that the device's clock is ahead, or behind when negative; 0 when it is right. */
export function minutesAhead(offset: number): number {
  if (Math.abs(offset) < NOTICEABLE_SECONDS) return 0;
  return -Math.round(offset / 60) || -Math.sign(offset);
}
