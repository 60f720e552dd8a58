/** The characters that people type, as they count; `tests/vectors/digits.json` has examples. */

/** What shows nothing: format characters but for the two that reorder a text, and their like. */
const INVISIBLE =
  /(?![\u202d\u202e])\p{Cf}|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\u{e0000}-\u{e0fff}]/gu;
const DIGIT = /\p{Nd}/u;

/** A text without the characters that show nothing. */
export function shown(text: string): string {
  return text.replace(INVISIBLE, "");
}

/** A text with the decimal digits of every script (Unicode's Nd) as 0 to 9; the rest stays. */
export function plainDigits(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (each) => (DIGIT.test(each) ? String(valueOf(each)) : each));
}

/** Digits come in runs of ten, from zero to nine (UAX #44); runs may follow each other. */
function valueOf(digit: string): number {
  const code = digit.codePointAt(0)!;
  let before = code - 1;
  while (DIGIT.test(String.fromCodePoint(before))) before--;
  return (code - before - 1) % 10;
}
