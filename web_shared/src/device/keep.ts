/** For a service worker: keeps an app's own files, so that it opens without a network. It never sees what follows # . */

/** As much of a service worker as is used here; the types of all of it do not go with the DOM's. */
interface Waitable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waitable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: Waitable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}

/**
 * @param app whose files they are; the apps share an origin and nothing else
 * @param version another one when any of the files is another
 * @param later files that may be kept last, so that the app works without a network soon
 */
export function keepFiles(app: string, files: readonly string[], version: string, later: RegExp | null = null): void {
  const worker = self as unknown as Worker;
  const name = `${app}:`;
  const cacheName = name + version;

  worker.addEventListener("install", (event) => {
    // What the page has loaded just now, and has its hash in its name, is not loaded again.
    const now = files.filter((path) => !later?.test(path));
    event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(now)));
  });

  worker.addEventListener("activate", (event) => {
    // Of the former version no page is open any more.
    event.waitUntil(forgetOld().then(() => worker.clients.claim()));
    event.waitUntil(keepRest());
  });

  worker.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== location.origin || !files.includes(pathname)) return;
    event.respondWith(answer(pathname, event.request));
    if (pathname === files[0]) event.waitUntil(keepRest());
  });

  async function answer(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(cacheName);
    const kept = await cache.match(path);
    if (kept) return kept;
    const response = await fetch(request);
    if (response.ok) await cache.put(path, response.clone());
    return response;
  }

  /** A page needs every piece of its own version, and the server has those of the newest one only. */
  async function keepRest(): Promise<void> {
    const cache = await caches.open(cacheName);
    for (const path of files) {
      if (!(await cache.match(path))) await cache.add(path).catch(() => undefined);
    }
  }

  async function forgetOld(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((each) => each.startsWith(name) && each !== cacheName);
    await Promise.all(old.map((each) => caches.delete(each)));
  }
}
