/** What a text or the keys of a scanner hold: a payment code, a card, or something else that can be named. */

import { CARD_PREFIX, CODE_PREFIX, CodeUnreadable, readCard, readCode } from "web_shared/protocol/codes";

/** A key that went down. */
export interface Stroke {
  /** As the browser names it, by the keyboard layout of the device. */
  key: string;
  /** Where it is on the keyboard, whatever the layout. */
  code: string;
  shift: boolean;
  /** Milliseconds, of any clock. */
  time: number;
  /** What was typed before it in the place that it would change. */
  entry: string;
}

const PREFIX = new RegExp(`${CODE_PREFIX}|${CARD_PREFIX}`, "i");
const LONGEST_NAME = 20;

/** On a US keyboard: without Shift, and with it. */
const US: Readonly<Record<string, string>> = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
  Backquote: "`~", Comma: ",<", Period: ".>", Slash: "/?", Space: "  ", NumpadAdd: "++", NumpadSubtract: "--",
  NumpadMultiply: "**", NumpadDivide: "//", NumpadDecimal: "..",
  ...Object.fromEntries([...")!@#$%^&*("].map((shifted, digit) => [`Digit${digit}`, digit + shifted])),
  ...Object.fromEntries([..."0123456789"].map((digit) => [`Numpad${digit}`, digit + digit])),
  ...Object.fromEntries([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => [`Key${letter}`, letter.toLowerCase() + letter])),
};

/** Layouts whose caps lock swaps more than letters: each character stands beside that of the same key with Shift. */
const LOCKED = [
  "&1é2\"3'4(5-6è7_8ç9à0)°=+$£ù%*µ,?;.:/!§<>", // AZERTY
  "1!2\"3§4$5%6&7/8(9)0=ß?´`+*#',;.:-_<>", // QWERTZ
].map((pairs) => new Map([...pairs].map((char, place, all) => [char, all[place ^ 1]!])));

/** @returns the payment code or the card in a text, as it is spelled in a QR code; null when there is none */
export function codeIn(text: string): string | null {
  const start = text.search(PREFIX);
  if (start === -1) return null;
  // Ours are in capitals, which caps lock swaps.
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

/** As the device's layout has it, as a scanner means it that is set to a US keyboard, and with caps lock undone. */
export function spellings(strokes: readonly Stroke[]): string[] {
  const byKey = strokes.map(({ key }) => (key.length === 1 ? key : "")).join("");
  const byPlace = strokes.map(({ code, shift }) => US[code]?.[shift ? 1 : 0] ?? "").join("");
  return [byKey, byPlace, ...LOCKED.map((other) => [...byKey].map((char) => other.get(char) ?? char).join(""))];
}

/** Whether a scan of one of ours may begin with these keys. */
export function isPrefix(strokes: readonly Stroke[]): boolean {
  return spellings(strokes).some((text) => text.length === strokes.length && text.search(PREFIX) === 0);
}

export function codeOf(strokes: readonly Stroke[]): string | null {
  return spellings(strokes).map(codeIn).find((code) => code !== null) ?? null;
}

/** The spelling to name: one of digits or an address, else the layout's. */
export function textOf(strokes: readonly Stroke[]): string {
  const texts = spellings(strokes);
  return texts.find((text) => /^(?:\d+|(?:https?:|www\.).*)$/is.test(text)) ?? texts[0]!;
}

export function isDigits(strokes: readonly Stroke[]): boolean {
  return spellings(strokes).some((text) => text.length === strokes.length && /^\d+$/.test(text));
}

/** Whether it ends with the check digit of a product code: EAN-8, UPC, EAN-13 or ITF-14 (GS1 General Specifications, 7.9). */
export function isProductCode(text: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(text)) return false;
  const sum = [...text].reverse().reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** A text as a sentence can name it: short, and without what may be as good as cash. */
export function named(text: string): string {
  const plain = [...text.replace(/[\p{C}\s]+/gu, " ").trim().replace(/(#|KP1:|KC1:).+/i, "$1…")];
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME - 1).join("")}…` : plain.join("");
}
