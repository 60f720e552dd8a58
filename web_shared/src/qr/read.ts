/** Decoding of QR codes in pictures, by WebAssembly that our own server serves. */

import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import { Trouble } from "../device/trouble";
import readerUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

/** Large codes on small screens need `tryHarder`; none of our codes is inverted. */
const HOW: ReaderOptions = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: false };

/**
 * Load the decoder (half a megabyte) before the first picture.
 *
 * @throws Trouble `decoder_missing`
 */
export async function prepareReader(): Promise<void> {
  if (typeof WebAssembly === "undefined") throw new Trouble("decoder_missing");
  await prepareZXingModule({
    overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? readerUrl : path) },
    fireImmediately: true,
  });
}

/** The text of the first QR code in a picture; null when none is found. */
export async function readQr(picture: ImageData): Promise<string | null> {
  await prepareReader();
  const found = await readBarcodes(picture, HOW);
  return found[0]?.text ?? null;
}
