/** Texts and borders have enough contrast, in light and dark mode (WCAG 2.2, 1.4.3 and 1.4.11). */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";

const { resolve } = createRequire(import.meta.url);
const LIGHT = resolve("@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css");
const DARK = `${import.meta.dirname}/../src/design/dark.css`;

const KINDS = ["default", "action-1", "action-2", "positive", "negative", "warning", "info"];
const PAIRS = KINDS.flatMap((kind) => [
  [`${kind}-color-default`, `${kind}-bg-default`, 4.5],
  [`${kind}-color-default`, "default-bg-document", 4.5],
  [`${kind}-inverse-color-default`, `${kind}-inverse-bg-default`, 4.5],
  [`${kind}-inverse-color-hover`, `${kind}-inverse-bg-hover`, 4.5],
  [`${kind}-border-default`, "default-bg-document", 3],
]) as [string, string, number][];
PAIRS.push(
  ["default-color-document", "default-bg-document", 7],
  ["default-color-document", "default-bg-subtle", 7],
  ["default-color-subtle", "default-bg-document", 4.5],
);

function tokens(...files: string[]): Map<string, string> {
  const css = files.map((file) => readFileSync(file, "utf8")).join("\n");
  return new Map([...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!]));
}

function colour(all: Map<string, string>, name: string): string {
  const value = all.get(name);
  const reference = /^var\((--[\w-]+)\)$/.exec(value ?? "")?.[1];
  if (reference !== undefined) return colour(all, reference);
  if (value === undefined || !/^#[0-9a-f]{6}$/.test(value)) throw new Error(`${name}: ${value}`);
  return value;
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((place) => {
    const part = parseInt(hex.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ["light", tokens(LIGHT)],
  ["dark", tokens(LIGHT, DARK)],
])("%s", (_, all) => {
  test.each(PAIRS)("%s on %s", (front, back, least) => {
    const [one, other] = [front, back].map((name) => colour(all, `--basis-color-${name}`));
    expect(contrast(one!, other!)).toBeGreaterThanOrEqual(least);
  });
});
