/** Requests that wait for a retry, because a rate limit was exceeded or the server is busy. */

import { writable } from "svelte/store";

const requests = writable(0);

/** The number of requests that wait. */
export const waiting = { subscribe: requests.subscribe };

/** @throws Error when the signal is aborted */
export async function waitFor(seconds: number, signal?: AbortSignal): Promise<void> {
  requests.update((count) => count + 1);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, seconds * 1000);
      const stop = (): void => {
        clearTimeout(timer);
        reject(new Error("aborted"));
      };
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { once: true });
    });
  } finally {
    requests.update((count) => count - 1);
  }
}
