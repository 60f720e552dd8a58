/** The icons of the table `design/icons.json`, from Lucide: for the apps as a module, for the server as a file. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const TABLE = join(import.meta.dirname, "src/design/icons.json");
const LIBRARY = join(import.meta.dirname, "../node_modules/lucide-static/icons");
const MODULE = "virtual:icons";
const INNER = /<svg[^>]*>(.*)<\/svg>/s;

/** The inner markup of each icon's `<svg>`, by our name of it. */
export function drawIcons(): Record<string, string> {
  const table = JSON.parse(readFileSync(TABLE, "utf8")) as Record<string, string>;
  return Object.fromEntries(Object.entries(table).map(([name, icon]) => [name, draw(icon)]));
}

function draw(icon: string): string {
  const inner = INNER.exec(readFileSync(join(LIBRARY, `${icon}.svg`), "utf8"))?.[1];
  if (inner === undefined) throw new Error(`${icon} is not an SVG`);
  return inner.replaceAll(/\s+/g, " ").replaceAll(/ (?=\/?>)|(?<=>) | (?=<)/g, "");
}

/** Resolve the module with the icons. */
export function icons(): Plugin {
  return {
    name: "icons",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(drawIcons())}` : null),
  };
}
