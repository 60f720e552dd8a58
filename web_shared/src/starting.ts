/** Starting an app, and what is shown when it cannot start. */

import { mount } from "svelte";
import { hasCryptography } from "./device/secure";
import Failed from "./parts/Failed.svelte";

/** The texts of {@link Failed}. */
export interface FailedWords {
  say(key: "failed_title" | "failed_text" | "failed_again" | "insecure_title" | "insecure_text"): string;
}

/**
 * Start an app; without what it needs, or when it fails, the page says so.
 *
 * @param words in the language of the browser
 */
export async function startApp(start: () => Promise<void>, words: () => Promise<FailedWords>): Promise<void> {
  try {
    if (!hasCryptography()) return show(await words(), false);
    await start();
  } catch (error) {
    console.error(error);
    show(await words(), true);
  }
}

function show(words: FailedWords, failed: boolean): void {
  const props = failed
    ? { title: words.say("failed_title"), text: words.say("failed_text"), again: words.say("failed_again") }
    : { title: words.say("insecure_title"), text: words.say("insecure_text"), again: null };
  mount(Failed, { target: emptyRoot(), props });
}

/** The element of the app, without what the page showed in it until the app started. */
export function emptyRoot(): HTMLElement {
  const root = document.getElementById("app")!;
  root.replaceChildren();
  return root;
}
