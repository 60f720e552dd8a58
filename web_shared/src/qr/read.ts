/** Reading a QR code from a picture; the reader is WebAssembly that our own server serves. */

import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import readerUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

/** A large code on a small screen takes a hard look; none of ours is white on black. */
const HOW: ReaderOptions = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: false };

/** Load the reader before the first picture is there; it weighs half a megabyte. */
export async function prepareReader(): Promise<void> {
  await prepareZXingModule({
    overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? readerUrl : path) },
    fireImmediately: true,
  });
}

/** The text of the first QR code in a picture; null when none is seen. */
export async function readQr(picture: ImageData): Promise<string | null> {
  await prepareReader();
  const found = await readBarcodes(picture, HOW);
  return found[0]?.text ?? null;
}
