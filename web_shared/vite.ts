/** Build configuration: every file is served by our own origin and nothing is inline, as the strict CSP requires. */

import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { BuildOptions, Plugin, UserConfig } from "vite";
import { drawIcons, icons, readPictures } from "./icons.ts";
import { emitLicences } from "./licences.ts";
import { prune } from "./prune.ts";
import { TARGET } from "./target.ts";

/** Name of an app's service worker; it has no hash, since browsers look for updates at a fixed URL. */
const SERVICE_WORKER = "service-worker";

/** Where `kindpakket serve --port 8000` listens. */
const SERVER = "http://127.0.0.1:8000";

/** Placeholders in a service worker's source: the files to cache, and a hash that identifies the build. */
const FILES_PLACEHOLDER = "__FILES__";
const VERSION_PLACEHOLDER = "__VERSION__";

const COMPRESSIBLE = "**/*.{css,html,js,svg,wasm,webmanifest}";
/** The decoder of QR codes takes 15 s at Brotli's highest level, and a fifth of a second at this one, for 13 % more. */
const LEVELS: Record<string, number> = { ".wasm": 9 };

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
    plugins: [svelte(), icons(), prune(), emitLicences(), listFiles(base), compress()],
    server: { proxy: { "/api": SERVER } }, // for the development server, `npx vite`
  };
}

export interface PagesOptions {
  /** The folder in backend/kindpakket/web. */
  folder: string;
  /** The script, which imports the styles. */
  entry: string;
}

/** For pages that the server renders: their HTML names the script and styles, so these have no hash in their names. */
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
    plugins: [icons(), prune(), emitLicences(), compress()],
  };
}

/** The styles of the server's other pages, the icons and pictures of its templates, and the icons of the apps. */
export function sharedFiles(): UserConfig {
  const { plugins, ...config } = pages({ folder: "shared", entry: "src/design/pages.css" });
  return { ...config, plugins: [emitDrawings(), plugins] };
}

function emitDrawings(): Plugin {
  return {
    name: "emit-drawings",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify(drawIcons()) });
      this.emitFile({ type: "asset", fileName: "pictures.json", source: JSON.stringify(readPictures()) });
    },
  };
}

function shared(folder: string, rolldownOptions: NonNullable<BuildOptions["rolldownOptions"]>): UserConfig {
  return {
    css: { transformer: "lightningcss" },
    build: {
      outDir: `../backend/kindpakket/web/${folder}`,
      emptyOutDir: true,
      target: TARGET,
      assetsInlineLimit: 0, // a font as data: URL is not `font-src 'self'`
      modulePreload: { polyfill: false },
      rolldownOptions,
    },
  };
}

/** Fill in the service worker's placeholders: the list of files, and a version that depends on the content of each. */
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
        // The names of assets contain the hash of their content; the other files are hashed here.
        const hash = createHash("sha256").update(files).update(page.source);
        kept.forEach((file) => hash.update(readFileSync(file)));
        worker.code = worker.code
          .replace(FILES_PLACEHOLDER, () => files)
          .replace(VERSION_PLACEHOLDER, () => JSON.stringify(hash.digest("hex").slice(0, 16)));
      },
    },
  };
}

/** Compress with Brotli at build time, at a level that is too slow for each request. */
function compress(): Plugin {
  return {
    name: "compress",
    enforce: "post",
    writeBundle({ dir }) {
      for (const file of globSync(join(dir!, COMPRESSIBLE))) {
        const level = LEVELS[extname(file)] ?? constants.BROTLI_MAX_QUALITY;
        const params = { [constants.BROTLI_PARAM_QUALITY]: level };
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
      }
    },
  };
}
