import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawIcons, readPictures } from "../icons";
import { PICTURES } from "../src/design/pictures";

test("the apps have every picture that the server has, beside the mark", () => {
  const { mark, ...pictures } = readPictures();
  expect(PICTURES).toEqual(pictures);
  expect(mark).toContain("kp-mark");
});

test("every icon of the table is in the library", () => {
  const table = JSON.parse(readFileSync(join(import.meta.dirname, "../src/design/icons.json"), "utf8")) as object;
  const drawn = drawIcons();
  expect(Object.keys(drawn)).toEqual(Object.keys(table));
  for (const inner of Object.values(drawn)) expect(inner).toMatch(/^<(path|circle|rect|line|poly|ellipse)/);
});
