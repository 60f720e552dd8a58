/** Whether something waits to be sent again, because the server said that it comes too often or is busy. */

import { writable } from "svelte/store";

const requests = writable(0);

/** How many requests wait. */
export const waiting = { subscribe: requests.subscribe };

/** @throws whatever the signal was aborted with: nobody waits any more */
export async function waitFor(seconds: number, signal?: AbortSignal): Promise<void> {
  requests.update((count) => count + 1);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const stop = (): void => {
        clearTimeout(timer);
        reject(new Error("given up"));
      };
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true });
    });
  } finally {
    requests.update((count) => count - 1);
  }
}
