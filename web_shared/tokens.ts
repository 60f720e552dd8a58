/** Finds the theme's design tokens that an app does not use; most belong to components that it does not show. */

import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { resolve } = createRequire(import.meta.url);
const DESIGN = join(import.meta.dirname, "src/design");
const IMPORTED = /@import "(@[^"]+)"/g;
/** The lookbehind keeps out selectors such as `.button--primary:hover`. */
const DECLARATION = /(?<=[\s{;])(--[\w-]+)\s*:([^;}]*)/g;
const USE = /var\(\s*(--[\w-]+)/g;

/** @param app the folder of the app's own styles */
export function unusedTokens(app: string): string[] {
  const own = [DESIGN, app].flatMap((folder) => globSync(join(folder, "**/*.css")).map(read));
  const others = own.flatMap((css) => names(IMPORTED, css)).map((name) => read(resolve(name)));
  return unusedIn([...own, ...others].join("\n"));
}

/** The custom properties that no other property uses, directly or through other custom properties. */
export function unusedIn(css: string): string[] {
  const references = new Map<string, string[]>();
  const rest = css.replace(DECLARATION, (_, name: string, value: string) => {
    references.set(name, [...(references.get(name) ?? []), ...names(USE, value)]);
    return "";
  });
  // Transitive closure: iteration over a Set includes the elements that are added during it.
  const used = new Set(names(USE, rest));
  for (const name of used) references.get(name)?.forEach((next) => used.add(next));
  return [...references.keys()].filter((name) => !used.has(name));
}

function names(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name!);
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
