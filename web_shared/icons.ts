/** The icons of the table `design/icons.json`, from Lucide: for the apps as a module, for the server as a file. And our
 *  own pictures, for the server; the apps import them. */

import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";

const TABLE = join(import.meta.dirname, "src/design/icons.json");
const LIBRARY = join(import.meta.dirname, "../node_modules/lucide-static/icons");
const PICTURES = join(import.meta.dirname, "src/design/pictures");
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

/** Each picture, by the name of its file. */
export function readPictures(): Record<string, string> {
  const files = globSync(join(PICTURES, "*.svg")).sort();
  return Object.fromEntries(files.map((file) => [basename(file, ".svg"), readFileSync(file, "utf8")]));
}

/** Resolve the module with the icons: those whose names an app has in quotes, or the parts that all apps share. */
export function icons(): Plugin {
  let sources: string[] = [];
  return {
    name: "icons",
    configResolved: ({ root }) => void (sources = [join(root, "src"), join(import.meta.dirname, "src/parts")]),
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => (id === `\0${MODULE}` ? `export default ${JSON.stringify(iconsIn(sources))}` : null),
  };
}

function iconsIn(sources: readonly string[]): Record<string, string> {
  const files = sources.flatMap((each) => globSync(join(each, "**/*.{svelte,ts}")));
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  return Object.fromEntries(Object.entries(drawIcons()).filter(([name]) => text.includes(`"${name}"`)));
}
