/** Pieces of an app that are loaded when they are needed, also after the server got a newer version of the app. */

interface Place {
  /** The screens on the way to this one, and this one. */
  trail?: string[];
  /** The page loads itself again to go on there. */
  again?: boolean;
}

/**
 * Load a piece. When the server does not have the pieces of this version any more, the page loads itself again, as
 * the newer one; {@link takePlace} tells that one where this one was.
 *
 * @throws what the loading threw, when this version is the newest or there is no network
 */
export async function piece<T>(load: () => Promise<T>): Promise<T> {
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

/** The screens that led to where the page was before it loaded itself again; none when it did not. */
export function takePlace(): readonly string[] {
  const { again, trail = [] } = (history.state ?? {}) as Place;
  if (!again) return [];
  history.replaceState(null, "");
  return trail;
}

/** Whether the script that runs here is not there any more; its name has the hash of its content. */
async function isOutdated(): Promise<boolean> {
  // A service worker answers GET only, so that this is asked of the server.
  const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return answer?.status === 404;
}

/** Else the service worker would answer with the page of this version again. */
async function forgetVersion(): Promise<void> {
  const workers = (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [];
  const here = workers.filter(({ scope }) => scope === new URL(".", location.href).href);
  await Promise.all(here.map((worker) => worker.unregister()));
}
