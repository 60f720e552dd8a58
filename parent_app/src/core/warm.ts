/** Warms up the code paths of making a code: without optimised code, the first time takes ten times as long. */

import { generateKey, sign } from "web_shared/protocol/signatures";

/** The number in the largest code. */
const SIGNATURES = 6;
const TEXT_OF_A_CODE = "0".repeat(500);

/** In separate tasks, so that the page stays responsive. */
export async function warmUp(): Promise<void> {
  const [{ drawQr }] = await Promise.all([import("web_shared/qr/draw"), import("web_shared/letter/sync")]);
  const [key, digest] = [generateKey(), new Uint8Array(32)];
  const signing = Array.from({ length: SIGNATURES }, () => () => void sign(digest, key));
  for (const piece of [...signing, () => void drawQr(TEXT_OF_A_CODE)]) {
    await new Promise((resolve) => setTimeout(resolve));
    piece();
  }
}
