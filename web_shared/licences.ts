/** The licence texts of the third-party code in the apps, as one file beside each app. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const MODULES = join(import.meta.dirname, "../node_modules");
const LICENCE_FILES = ["LICENSE", "LICENSE.md"];
const NOTES: Record<string, string> = {
  "zxing-wasm": "Its WebAssembly holds ZXing-C++, under the Apache License 2.0 (the text is under qr).",
};

export const LICENCES = "licences.txt";

/** Emit the licences of this package's dependencies and of Svelte. */
export function emitLicences(): Plugin {
  return {
    name: "emit-licences",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: LICENCES, source: licences() });
    },
  };
}

export function licences(): string {
  const { dependencies } = readPackage(import.meta.dirname);
  return ["svelte", ...Object.keys(dependencies ?? {})]
    .map((name) => {
      const folder = join(MODULES, name);
      const { version, license } = readPackage(folder);
      const file = LICENCE_FILES.map((each) => join(folder, each)).find(existsSync);
      if (file === undefined) throw new Error(`${name} has no licence file`);
      const head = [`${name} ${version}: ${license}`, NOTES[name] ?? ""].join("\n").trim();
      return `${head}\n\n${readFileSync(file, "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

interface Package {
  version: string;
  license: string;
  dependencies?: Record<string, string>;
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
}
