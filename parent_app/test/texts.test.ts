import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { later } from "../src/texts/nl/later";

const SHARED = join(import.meta.dirname, "../../web_shared/src");
const IMPORT = /(?:from|^import) "([^"]+)"/gm;

/** A module and all that it imports at once, which are loaded before the first screen. */
function loadedWith(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const source = readFileSync(file, "utf8");
  found.set(file, source);
  for (const [, name] of source.matchAll(IMPORT)) {
    const path = name!.startsWith(".") ? join(dirname(file), name!) : join(SHARED, name!.replace("web_shared/", ""));
    const module = [path, `${path}.ts`, join(path, "index.ts")].find((each) => /\.(ts|svelte)$/.test(each) && existsSync(each));
    if (module) loadedWith(module, found);
  }
  return found;
}

describe("the Dutch texts that are loaded later", () => {
  const sources = loadedWith(join(import.meta.dirname, "../src/main.ts"));

  it("are said by no module that is loaded before them", () => {
    expect([...sources.keys()].map((file) => file.split("/").at(-1))).toContain("Home.svelte");
    const first = [...sources.values()].join("\n");
    expect(Object.keys(later).filter((key) => first.includes(`"${key}"`))).toEqual([]);
  });
});
