/**
 * Our font, for an app. The faces of `font.css` are optional: a browser that draws a text before our font is
 * there keeps the device's, and a script cannot be sure to come before that.
 */

import url from "../design/atkinson-hyperlegible-next.woff2?url";

/** Replace the device's font as soon as ours is loaded; resolves then, or when it cannot be loaded. */
export async function loadFont(): Promise<void> {
  const face = new FontFace("Atkinson Hyperlegible Next Variable", `url("${url}")`, { weight: "400 700", display: "swap" });
  document.fonts.add(face);
  await face.load().catch(() => undefined);
}
