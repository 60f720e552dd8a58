/** Reading a QR code from a picture; the reader is WebAssembly that our own server serves. */

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import readerUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

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
  const found = await readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1 });
  return found[0]?.text ?? null;
}
