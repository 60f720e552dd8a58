/** The amount on the keypad, in session storage: it survives a reload, and is gone when the tab is closed. */

import { isTyped } from "web_shared/amount";

const KEY = "kindpakket-winkel:typed";

export function keepTyped(typed: string): void {
  try {
    sessionStorage.setItem(KEY, typed);
  } catch {
    // A browser without storage: the screen says so already.
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
