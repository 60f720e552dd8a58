/** A table that a Dutch spreadsheet opens: semicolons, decimal commas, and a mark that says UTF-8. */

const BYTE_ORDER_MARK = "\ufeff";
/** A spreadsheet takes a cell that begins so for a formula, and would carry it out. */
const FORMULA = /^[\t\r\n]|^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** A number is an amount in cents. */
export type Cell = string | number;

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cellText).join(";")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (typeof cell === "number") return decimal(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function decimal(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)},${digits.slice(-2)}`;
}
