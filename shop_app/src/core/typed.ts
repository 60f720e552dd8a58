/** The amount on the keypad, kept while this tab is there: a reload loses nothing, and no amount of yesterday comes back. */

import { isTyped } from "web_shared/amount";

const KEY = "kindpakket-winkel:typed";

export function keepTyped(typed: string): void {
  try {
    sessionStorage.setItem(KEY, typed);
  } catch {
    // A browser that keeps nothing says so on the screen.
  }
}

export function keptTyped(): string {
  try {
    const kept = sessionStorage.getItem(KEY) ?? "";
    return isTyped(kept) ? kept : "";
  } catch {
    return "";
  }
}
