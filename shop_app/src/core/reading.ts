/** Recognises payment codes, cards and product codes in a text or in the key presses of a scanner. */

import { CARD_PREFIX, CODE_PREFIX, CodeUnreadable, readCard, readCode } from "web_shared/protocol/codes";

/** A key press. */
export interface Stroke {
  /** `KeyboardEvent.key`, which depends on the keyboard layout of the device. */
  key: string;
  /** `KeyboardEvent.code`, the physical key. */
  code: string;
  shift: boolean;
  /** Milliseconds by any clock. */
  time: number;
  /** The text before it, in the field or on the keypad. */
  entry: string;
}

const PREFIX = new RegExp(`${CODE_PREFIX}|${CARD_PREFIX}`, "i");
const LONGEST_NAME = 20;

/** Characters of a US keyboard by physical key: without and with Shift. */
const US: Readonly<Record<string, string>> = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
  Backquote: "`~", Comma: ",<", Period: ".>", Slash: "/?", Space: "  ", NumpadAdd: "++", NumpadSubtract: "--",
  NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
  ...Object.fromEntries([...")!@#$%^&*("].map((shifted, digit) => [`Digit${digit}`, digit + shifted])),
  ...Object.fromEntries([..."0123456789"].map((digit) => [`Numpad${digit}`, digit + digit])),
  ...Object.fromEntries([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => [`Key${letter}`, letter.toLowerCase() + letter])),
};

/** Layouts whose caps lock affects more than letters, as pairs of characters: without and with Shift. */
const CAPS_LOCKED = [
  "&1é2\"3'4(5-6è7_8ç9à0)°=+$£ù%*µ,?;.:/!§<>", // AZERTY
  "1!2\"3§4$5%6&7/8(9)0=ß?´`+*#',;.:-_<>", // QWERTZ
].map((pairs) => new Map([...pairs].map((char, place, all) => [char, all[place ^ 1]!])));

/** @returns the payment code or the card in a text, as it is spelled in a QR code; null when there is none */
export function codeIn(text: string): string | null {
  const start = text.search(PREFIX);
  if (start === -1) return null;
  // Codes are in upper case, which caps lock inverts.
  const code = text.slice(start).toUpperCase();
  try {
    if (code.startsWith(CODE_PREFIX)) readCode(code);
    else readCard(code).key.fill(0);
    return code;
  } catch (error) {
    if (error instanceof CodeUnreadable) return null;
    throw error;
  }
}

/** Readings of key presses: by the device's layout, by that of a scanner set to a US keyboard, and without caps lock. */
export function spellings(strokes: readonly Stroke[]): string[] {
  const byKey = strokes.map(({ key }) => (key.length === 1 ? key : "")).join("");
  const byCode = strokes.map(({ code, shift }) => US[code]?.[shift ? 1 : 0] ?? "").join("");
  return [byKey, byCode, ...CAPS_LOCKED.map((other) => [...byKey].map((char) => other.get(char) ?? char).join(""))];
}

/** Whether these keys are the prefix of a payment code or card. */
export function isPrefix(strokes: readonly Stroke[]): boolean {
  return spellings(strokes).some((text) => text.length === strokes.length && text.search(PREFIX) === 0);
}

export function codeOf(strokes: readonly Stroke[]): string | null {
  return spellings(strokes).map(codeIn).find((code) => code !== null) ?? null;
}

/** The reading to show: one of digits or a URL, or else that of the device's layout. */
export function textOf(strokes: readonly Stroke[]): string {
  const texts = spellings(strokes);
  return texts.find((text) => /^(?:\d+|(?:https?:|www\.).*)$/is.test(text)) ?? texts[0]!;
}

export function isDigits(strokes: readonly Stroke[]): boolean {
  return spellings(strokes).some((text) => text.length === strokes.length && /^\d+$/.test(text));
}

/** Whether a text has the check digit of a product code: EAN-8, UPC, EAN-13 or ITF-14 (GS1 General Specifications, 7.9). */
export function isProductCode(text: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(text)) return false;
  const sum = [...text].reverse().reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** A text for use in a message: short, and without secrets that are as good as cash. */
export function named(text: string): string {
  const plain = [...text.replace(/[\p{C}\s]+/gu, " ").trim().replace(/(#|KP1:|KC1:).+/i, "$1…")];
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME - 1).join("")}…` : plain.join("");
}
