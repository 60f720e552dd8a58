/** Dynamic imports that also work after a newer version of the app was deployed. */

/** A page's `history.state`. */
interface Place {
  /** The screens on the way to this one, and this one. */
  trail?: string[];
  /** Whether the page reloads itself and continues there. */
  again?: boolean;
}

/**
 * Load a chunk. When the server has no chunks of this version, reload the page, which gives the newest version;
 * {@link takeTrail} returns there which screens were open.
 *
 * @throws the error of the import, when this version is the newest or there is no network
 */
export async function loadChunk<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(await isOutdated())) throw error;
    history.replaceState({ ...(history.state as Place | null), again: true }, "");
    await forgetVersion();
    location.reload();
    return new Promise(() => undefined);
  }
}

/** The screens that were open when {@link loadChunk} reloaded the page; empty when it did not. */
export function takeTrail(): readonly string[] {
  const { again, trail = [] } = (history.state ?? {}) as Place;
  if (!again) return [];
  history.replaceState(null, "");
  return trail;
}

/** Whether the server lacks this script, whose name contains the hash of its content. */
async function isOutdated(): Promise<boolean> {
  // The service worker answers GET only, so a HEAD request goes to the server.
  const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return answer?.status === 404;
}

/** Otherwise the service worker would serve this version from its cache. */
async function forgetVersion(): Promise<void> {
  const workers = (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [];
  const here = workers.filter(({ scope }) => scope === new URL(".", location.href).href);
  await Promise.all(here.map((worker) => worker.unregister()));
}
