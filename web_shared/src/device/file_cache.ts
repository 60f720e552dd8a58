/** For a service worker: caches an app's files, for use without a network. URL fragments do not reach it. */

/** The parts of the service worker API that are used here; TypeScript's types of it exclude those of the DOM. */
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

/** What the municipality sets: its colours, and its logo if it has one. They change without the app. */
const STYLES = "/thema.css";
const LOOK = [STYLES, "/logo"];

/**
 * Serve these files from a cache, and the municipality's look: that is renewed at each use, for the next one.
 *
 * @param app prefix of the cache's name: the apps share an origin, and each has its own cache
 * @param version changes with the content of any of the files
 * @param later files that are cached after installation, so that it takes less time
 */
export function cacheFiles(app: string, files: readonly string[], version: string, later: RegExp | null = null): void {
  const worker = self as unknown as Worker;
  const name = `${app}:`;
  const cacheName = name + version;

  worker.addEventListener("install", (event) => {
    // Files with a hash in their names that the page has just loaded come from the browser's HTTP cache.
    const now = files.filter((path) => !later?.test(path));
    event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...now, STYLES])));
  });

  worker.addEventListener("activate", (event) => {
    // By the service worker lifecycle, no page of the previous version is open.
    event.waitUntil(deleteOld().then(() => worker.clients.claim()));
    event.waitUntil(cacheRest());
  });

  worker.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== location.origin) return;
    if (LOOK.includes(pathname)) event.respondWith(respondAndRenew(pathname, event));
    if (!files.includes(pathname)) return;
    event.respondWith(respond(pathname, event.request));
    if (pathname === files[0]) event.waitUntil(cacheRest());
  });

  async function respond(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(cacheName);
    const cached = await cache.match(path);
    if (cached) return cached;
    const response = await fetch(request);
    if (response.ok) await cache.put(path, response.clone());
    return response;
  }

  async function respondAndRenew(path: string, event: Fetching): Promise<Response> {
    const cache = await caches.open(cacheName);
    const cached = await cache.match(path);
    const renewed = fetch(event.request).then(async (response) => {
      if (response.ok) await cache.put(path, response.clone());
      return response;
    });
    if (cached) event.waitUntil(renewed.catch(() => undefined));
    return cached ?? renewed;
  }

  /** A page needs every chunk of its own version, and the server has only those of the newest version. */
  async function cacheRest(): Promise<void> {
    const cache = await caches.open(cacheName);
    for (const path of files) {
      if (!(await cache.match(path))) await cache.add(path).catch(() => undefined);
    }
  }

  async function deleteOld(): Promise<void> {
    const names = await caches.keys();
    const old = names.filter((each) => each.startsWith(name) && each !== cacheName);
    await Promise.all(old.map((each) => caches.delete(each)));
  }
}
