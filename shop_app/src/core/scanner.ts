/** A hardware scanner types a code into the page, at any moment and wherever the focus is. */

import { CARD_PREFIX, CODE_PREFIX } from "web_shared/protocol/codes";

const PREFIXES = [CODE_PREFIX, CARD_PREFIX];
/** Between two keys of a scanner; no key of an amount begins a prefix, so that it may be a slow one. */
const LONGEST_GAP_MS = 1000;
const LONGEST_TEXT = 2000;

/** Not the scanner's; a part of a code; or the end of one, with its text. */
export type Heard = "other" | "part" | { text: string };

export class ScannerTyping {
  private typed = "";
  private at = -Infinity;

  /**
   * @param key as the event of the keyboard names it
   * @param time milliseconds, of any clock
   */
  hear(key: string, time: number): Heard {
    if (key === "Shift" || key === "CapsLock") return this.typed === "" ? "other" : "part";
    const typed = time - this.at > LONGEST_GAP_MS ? "" : this.typed;
    this.typed = "";
    if (key === "Enter" || key === "Tab") return isWhole(typed) ? { text: typed } : "other";
    if (key.length !== 1) return "other";
    const longer = [typed + key, key].find(mayBeCode);
    if (longer === undefined) return "other";
    this.typed = longer;
    this.at = time;
    return "part";
  }
}

function mayBeCode(text: string): boolean {
  if (text.length > LONGEST_TEXT) return false;
  return PREFIXES.some((prefix) => text.startsWith(prefix.slice(0, text.length)));
}

function isWhole(text: string): boolean {
  return PREFIXES.some((prefix) => text.length > prefix.length && text.startsWith(prefix));
}
