import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { beforeAll, expect, test } from "vitest";
import { drawQr } from "../src/qr/draw";
import { vectors } from "./vectors";

const SCALE = 4;

beforeAll(async () => {
  const reader = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  const wasmBinary = (await readFile(reader)).buffer as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

/** Rasterises the path, which consists of horizontal runs of one module's height. */
function pixels({ size, path }: { size: number; path: string }): ImageData {
  const side = size * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++) {
      const start = (row * side + Number(x) * SCALE) * 4;
      data.fill(0, start, start + Number(length) * SCALE * 4);
      for (let at = start + 3; at < start + Number(length) * SCALE * 4; at += 4) data[at] = 255;
    }
  }
  return { data, width: side, height: side, colorSpace: "srgb" } as ImageData;
}

const TEXTS = [
  ...vectors<{ text: string }>("codes").map(({ text }) => text),
  ...vectors<{ text: string }>("cards").map(({ text }) => text),
  ...vectors<{ link: string }>("letters").map(({ link }) => link),
];

test.each(TEXTS)("%s is drawn and read back", async (text) => {
  for (const level of ["low", "medium"] as const) {
    const found = await readBarcodes(pixels(drawQr(text, level)), { formats: ["QRCode"] });
    expect(found.map((each) => each.text)).toEqual([text]);
  }
});

test("a code is drawn as small as the alphanumeric mode allows", () => {
  const sizes = vectors<{ text: string; keys: string[] }>("codes")
    .filter(({ keys }) => keys.length <= 3)
    .map(({ text }) => drawQr(text).size - 8);
  expect(sizes).toEqual([41, 53, 61, 41]);
});
