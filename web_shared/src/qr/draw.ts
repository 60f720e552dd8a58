/** QR codes as SVG paths, which need no image and no inline style. */

import encodeQR from "qr";

/** Width in modules of the quiet zone, which ISO/IEC 18004 requires. */
const QUIET = 4;

export interface QrDrawing {
  /** Side of the viewBox in modules, quiet zone included. */
  readonly size: number;
  /** The `d` of a path of the dark modules. */
  readonly path: string;
}

/** A text in base45 fits the alphanumeric mode, whose QR is smaller than that of bytes. */
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
