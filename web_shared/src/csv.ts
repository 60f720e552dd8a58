/** CSV for Dutch spreadsheets: semicolons, decimal commas, and UTF-8 with a byte order mark. */

const BYTE_ORDER_MARK = "\ufeff";
const LINE_BREAKS = /^[\t\r\n]/;
const INVISIBLE_START = /^[\p{Z}\p{Cc}\p{Cf}]+/u;
const FORMULA = /^[=+\-@\u2212]/;

/** A number is an amount in cents. */
export type Cell = string | number;

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cellText).join(";")}\r\n`).join("");
}

/**
 * Guard against CSV injection: prefix what a spreadsheet may take for a formula, as `'=1+1`. A formula begins with
 * `= + - @` or a compatibility form of these (NFKC), possibly after white space or invisible characters.
 */
export function guardFormula(text: string): string {
  const [first = ""] = text.replace(INVISIBLE_START, "");
  return FORMULA.test(first.normalize("NFKC")) || LINE_BREAKS.test(text) ? `'${text}` : text;
}

function cellText(cell: Cell): string {
  if (typeof cell === "number") return decimal(cell);
  const text = guardFormula(cell);
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)},${digits.slice(-2)}`;
}
