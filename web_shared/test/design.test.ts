/** Texts and borders have enough contrast, in light and dark mode (WCAG 2.2, 1.4.3 and 1.4.11). */

import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const { resolve } = createRequire(import.meta.url);
const DESIGN = join(import.meta.dirname, "../src/design");
const DARK = "@media screen and (prefers-color-scheme: dark)";
const CSS = ["tokens", "brand", "components"].map((name) => readFileSync(join(DESIGN, `${name}.css`), "utf8"));

const BACKS = ["kp-card", "kp-ground"];
/** What lies on what, and the least contrast: of words and of what is needed to see a control. */
const PAIRS = [
  ...BACKS.flatMap((back) => [
    ["kp-ink", back, 7],
    ["kp-soft", back, 4.5],
    ["kp-brand", back, 4.5],
    ["basis-color-action-1-color-default", back, 4.5],
    ["basis-color-action-2-color-default", back, 4.5],
    ["basis-color-action-2-color-hover", back, 4.5],
    ["basis-color-negative-color-default", back, 4.5],
    ["basis-color-positive-color-default", back, 4.5],
    ["basis-color-default-border-default", back, 3],
    ["basis-color-action-1-border-default", back, 3],
    ["kp-good", back, 4.5],
    ["kp-bad", back, 4.5],
  ]),
  ["kp-ink", "basis-color-default-bg-active", 7],
  ["kp-soft", "basis-color-default-bg-default", 4.5],
  ["kp-on-brand", "kp-brand", 4.5],
  ["kp-on-brand-tint", "kp-brand-tint", 4.5],
  ["basis-color-action-1-color-hover", "basis-color-action-1-bg-hover", 4.5],
  ["basis-color-action-1-color-active", "basis-color-action-1-bg-active", 4.5],
  ["basis-color-action-1-inverse-color-hover", "basis-color-action-1-inverse-bg-hover", 4.5],
  ["kp-on-sun", "kp-sun", 4.5],
  ["kp-ink", "kp-sun-tint", 7],
  ["kp-on-good", "kp-good", 4.5],
  ["kp-on-bad", "kp-bad", 4.5],
  ...["positive", "negative", "warning", "info"].flatMap((kind) => [
    [`basis-color-${kind}-color-document`, `basis-color-${kind}-bg-default`, 7],
    [`basis-color-${kind}-border-default`, "kp-card", 3],
  ]),
  ["basis-focus-color", "basis-focus-background-color", 4.5],
  ...[1, 2, 3, 4, 5, 6].map((child) => ["kp-on-child", `kp-child-${child}`, 4.5]),
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((kind) => [`kp-kind-${kind}`, "kp-card", 3]),
] as [string, string, number][];

function tokens(...texts: string[]): Map<string, string> {
  const declared = texts.flatMap((css) => [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)]);
  return new Map(declared.map(([, name, value]) => [name!, value!]));
}

/** Each of the files in two: what always holds, and what holds in dark mode. */
const [light, dark] = [0, 1].map((part) => CSS.map((css) => css.split(DARK)[part] ?? ""));

function colour(all: Map<string, string>, name: string): string {
  const value = all.get(name);
  const reference = /^var\((--[\w-]+)(?:, var\(.*\))?\)$/.exec(value ?? "")?.[1];
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
  ["light", tokens(...light!)],
  ["dark", tokens(...light!, ...dark!)],
])("%s", (_, all) => {
  test.each(PAIRS)("%s on %s", (front, back, least) => {
    const [one, other] = [front, back].map((name) => colour(all, `--${name}`));
    expect(contrast(one!, other!)).toBeGreaterThanOrEqual(least);
  });
});

test("every token that a style of a face uses has a value", () => {
  const root = join(import.meta.dirname, "../..");
  const apps = "{web_shared,parent_app,parent_app/paper,shop_app,desk_web}/src/**/*.{css,svelte}";
  const own = globSync([apps, "backend/kindpakket/{api/pages,demo/page}/*.css"], { cwd: root });
  const css = own.map((file) => readFileSync(join(root, file), "utf8"));
  const others = css.flatMap((text) => [...text.matchAll(/@import "(@[^"]+)"/g)]);
  css.push(...others.map(([, name]) => readFileSync(resolve(name!), "utf8")));
  const known = tokens(...CSS, ...css);
  const used = css.flatMap((text) => [...text.matchAll(/var\(\s*(--(?:basis|kp|kindpakket)-[\w-]+)/g)]);
  expect([...new Set(used.map(([, name]) => name!))].filter((name) => !known.has(name))).toEqual([]);
});
