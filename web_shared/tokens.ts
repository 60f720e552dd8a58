/** Which tokens of the theme an app does without: most are for components that it does not show. */

import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { resolve } = createRequire(import.meta.url);
const DESIGN = join(import.meta.dirname, "src/design");
const IMPORTED = /@import "(@[^"]+)"/g;
/** A selector such as `.button--primary:hover` looks much like it, and has a word before it. */
const DECLARATION = /(?<=[\s{;])(--[\w-]+)\s*:([^;}]*)/g;
const USE = /var\(\s*(--[\w-]+)/g;

/** @param app the folder of the app's own styles */
export function unusedTokens(app: string): string[] {
  const own = [DESIGN, app].flatMap((folder) => globSync(join(folder, "**/*.css")).map(read));
  const others = own.flatMap((css) => names(IMPORTED, css)).map((name) => read(resolve(name)));
  return unusedIn([...own, ...others].join("\n"));
}

/** The custom properties that no other property leads to, by whatever way. */
export function unusedIn(css: string): string[] {
  const leadsTo = new Map<string, string[]>();
  const rest = css.replace(DECLARATION, (_, name: string, value: string) => {
    leadsTo.set(name, [...(leadsTo.get(name) ?? []), ...names(USE, value)]);
    return "";
  });
  // What is added while it is walked through is walked through too.
  const used = new Set(names(USE, rest));
  for (const name of used) leadsTo.get(name)?.forEach((next) => used.add(next));
  return [...leadsTo.keys()].filter((name) => !used.has(name));
}

function names(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name!);
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
