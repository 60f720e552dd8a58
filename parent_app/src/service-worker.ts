/** Keeps the app's own files, so that it opens without a network. It never sees what follows # . */

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

declare const __FILES__: string[];

const worker = self as unknown as Worker;
const NAME = "parent:";
const BUILT = __FILES__;
const FIXED = ["/manifest.webmanifest", "/icon.svg", "/icon-192.png", "/icon-512.png"];
/** Reads a letter's QR, for which there must be a network anyway; kept once it was used. */
const LATER = /\/(read|zxing)[^/]*$/;
const FILES = [...BUILT, ...FIXED];
const CACHE = NAME + fingerprint(BUILT.join());

worker.addEventListener("install", (event) => {
  const now = FILES.filter((path) => !LATER.test(path));
  const requests = now.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || !FILES.includes(pathname)) return;
  event.respondWith(answer(pathname, event.request));
});

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(path, response.clone());
  return response;
}

async function forgetOld(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(NAME) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

function fingerprint(text: string): string {
  let sum = 0;
  for (const character of text) sum = (Math.imul(sum, 31) + character.codePointAt(0)!) | 0;
  return (sum >>> 0).toString(36);
}
