/** How an app is built: files of our own only, nothing inline, so that a strict CSP holds. */

import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin, UserConfig } from "vite";
import { emitLicences } from "./licences.ts";

/** The unhashed script that keeps an app working without a network, when the app has one. */
const SERVICE_WORKER = "service-worker";

/** Where `kindpakket serve --port 8000` listens. */
const SERVER = "http://127.0.0.1:8000";

/** In a service worker's source: the list of the files to keep. */
const FILES_PLACEHOLDER = "__FILES__";

export interface AppOptions {
  /** Where it is served: "/" or "/winkel/". */
  base: string;
  /** The folder in backend/kindpakket/web. */
  folder: string;
  /** The source of its service worker. */
  serviceWorker?: string;
}

export function app({ base, folder, serviceWorker }: AppOptions): UserConfig {
  return {
    base,
    plugins: [svelte(), emitLicences(), listFiles(base)],
    css: { transformer: "lightningcss" },
    server: { proxy: { "/api": SERVER } }, // for `npx vite`: the screens as they are being written
    build: {
      outDir: `../backend/kindpakket/web/${folder}`,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0, // a font as data: URL is not `font-src 'self'`
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: {
          index: "index.html",
          ...(serviceWorker === undefined ? {} : { [SERVICE_WORKER]: serviceWorker }),
        },
        output: {
          entryFileNames: (chunk) =>
            chunk.name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js",
        },
      },
    },
  };
}

/** Tell the service worker which files there are; their hashes make it another worker. */
function listFiles(base: string): Plugin {
  return {
    name: "list-files",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle[`${SERVICE_WORKER}.js`];
      if (worker?.type !== "chunk") return;
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = JSON.stringify([base, ...assets.sort().map((name) => base + name)]);
      worker.code = worker.code.replace(FILES_PLACEHOLDER, () => files);
    },
  };
}
