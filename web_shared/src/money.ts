/** Money: whole euro cents, never a fraction. */

/** The most that a message can carry: its amounts are uint32. */
export const MAX_CENTS = 2 ** 32 - 1;

const EUROS = /^(?:€\s*)?(\d{1,8})(?:[.,](\d{2}))?$/;
const NO_BREAK_SPACE = "\u00a0";

/** An amount in cents as Dutch people write it: `€ 1.234,50`. */
export function formatEuros(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is no whole number of cents`);
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const euros = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ".");
  return `€${NO_BREAK_SPACE}${cents < 0 ? "-" : ""}${euros},${digits.slice(-2)}`;
}

/** Read `42`, `42,50`, `42.50` or `€ 42,50`; null when it is none of these, or zero. */
export function parseEuros(text: string): number | null {
  const match = EUROS.exec(text.trim());
  if (match === null) return null;
  const cents = Number(match[1]) * 100 + Number(match[2] ?? 0);
  return cents > 0 && cents <= MAX_CENTS ? cents : null;
}
