/** How an app is built: files of our own only, nothing inline, so that a strict CSP holds. */

import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { BuildOptions, Plugin, UserConfig } from "vite";
import { emitLicences } from "./licences.ts";
import { unusedTokens } from "./tokens.ts";

/** The unhashed script that keeps an app working without a network, when the app has one. */
const SERVICE_WORKER = "service-worker";

/** Where `kindpakket serve --port 8000` listens. */
const SERVER = "http://127.0.0.1:8000";

/** In a service worker's source: the list of the files to keep, and what tells one build's from another's. */
const FILES_PLACEHOLDER = "__FILES__";
const VERSION_PLACEHOLDER = "__VERSION__";

const PACKABLE = "**/*.{css,html,js,svg,webmanifest}";

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
    ...shared(folder, {
      input: {
        index: "index.html",
        ...(serviceWorker === undefined ? {} : { [SERVICE_WORKER]: serviceWorker }),
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === SERVICE_WORKER ? "[name].js" : "assets/[name]-[hash].js",
      },
    }),
    base,
    plugins: [svelte(), dropTokens(), emitLicences(), listFiles(base), pack()],
    server: { proxy: { "/api": SERVER } }, // for `npx vite`: the screens as they are being written
  };
}

export interface PagesOptions {
  /** The folder in backend/kindpakket/web. */
  folder: string;
  /** The script, which names the styles too. */
  entry: string;
}

/** For pages that the server makes: they name a script and styles, which therefore have no hash in their names. */
export function pages({ folder, entry }: PagesOptions): UserConfig {
  return {
    ...shared(folder, {
      input: { [folder]: entry },
      output: {
        entryFileNames: "[name].js",
        assetFileNames: ({ names }) =>
          names.includes(`${folder}.css`) ? "[name][extname]" : "assets/[name]-[hash][extname]",
      },
    }),
    base: "./",
    plugins: [dropTokens(), emitLicences(), pack()],
  };
}

function shared(folder: string, rolldownOptions: NonNullable<BuildOptions["rolldownOptions"]>): UserConfig {
  return {
    css: { transformer: "lightningcss" },
    build: {
      outDir: `../backend/kindpakket/web/${folder}`,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0, // a font as data: URL is not `font-src 'self'`
      modulePreload: { polyfill: false },
      rolldownOptions,
    },
  };
}

/** Leave out the theme's tokens that nothing in the app leads to. */
function dropTokens(): Plugin {
  return {
    name: "drop-tokens",
    config: ({ root = process.cwd() }) => ({
      css: { lightningcss: { unusedSymbols: unusedTokens(join(root, "src")) } },
    }),
  };
}

/** Tell the service worker which files there are; another version when any of them is another. */
function listFiles(base: string): Plugin {
  let kept: string[] = [];
  return {
    name: "list-files",
    enforce: "post",
    configResolved: ({ publicDir }) => void (kept = globSync(join(publicDir, "*")).sort()),
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const [worker, page] = [bundle[`${SERVICE_WORKER}.js`], bundle["index.html"]];
        if (worker?.type !== "chunk" || page?.type !== "asset") return;
        const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
        const names = ["", ...assets.sort(), ...kept.map((file) => basename(file))];
        const files = JSON.stringify(names.map((name) => base + name));
        // The assets have the hash of their content in their names, the others have not.
        const hash = createHash("sha256").update(files).update(page.source);
        kept.forEach((file) => hash.update(readFileSync(file)));
        worker.code = worker.code
          .replace(FILES_PLACEHOLDER, () => files)
          .replace(VERSION_PLACEHOLDER, () => JSON.stringify(hash.digest("hex").slice(0, 16)));
      },
    },
  };
}

/** Pack what can be packed, smaller than there is time for when it is asked for. */
function pack(): Plugin {
  return {
    name: "pack",
    enforce: "post",
    writeBundle({ dir }) {
      for (const file of globSync(join(dir!, PACKABLE))) {
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)));
      }
    },
  };
}
