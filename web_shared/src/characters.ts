/** Normalisation of typed text; `tests/vectors/digits.json` has examples. */

/** Characters without a glyph: format characters except the two bidi overrides, fillers, and variation selectors. */
const INVISIBLE =
  /(?![\u202d\u202e])\p{Cf}|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\u{e0000}-\u{e0fff}]/gu;
const DIGIT = /\p{Nd}/u;

/** A text without invisible characters. */
export function stripInvisible(text: string): string {
  return text.replace(INVISIBLE, "");
}

/** A text with the decimal digits of every script (Unicode's Nd) replaced by 0 to 9. */
export function plainDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (each) => (DIGIT.test(each) ? String(valueOf(each)) : each));
}

/** Unicode encodes digits in contiguous ranges from zero to nine (UAX #44); ranges may be adjacent. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = code - 1;
  while (DIGIT.test(String.fromCodePoint(before))) before--;
  return (code - before - 1) % 10;
}
