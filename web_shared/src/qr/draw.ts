/** A QR code as an SVG path, so that a component draws it without a picture or inline style. */

import encodeQR from "qr";

/** White modules around the code, without which some readers do not see it. */
const QUIET = 4;

export interface QrDrawing {
  /** Modules on a side, with the quiet zone: the side of the viewBox. */
  readonly size: number;
  /** The `d` of a path with the dark modules. */
  readonly path: string;
}

/** Codes of ours are in base45, which fits the alphanumeric mode: a fifth smaller than bytes. */
export function drawQr(text: string, level: "low" | "medium" = "low"): QrDrawing {
  const rows = encodeQR(text, "raw", { ecc: level, border: QUIET });
  const runs: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const start = x;
      while (row[x] === true) x++;
      if (x > start) runs.push(`M${start} ${y}h${x - start}v1h-${x - start}z`);
    }
  });
  return { size: rows.length, path: runs.join("") };
}
