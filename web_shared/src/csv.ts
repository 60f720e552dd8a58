/** A table that a Dutch spreadsheet opens: semicolons, decimal commas, and a mark that says UTF-8. */

const BYTE_ORDER_MARK = "\ufeff";
const LINE_BREAKS = /^[\t\r\n]/;
const SHOWN_AS_NOTHING = /^[\p{Z}\p{Cc}\p{Cf}]+/u;
const FORMULA = /^[=+\-@\u2212]/;

/** A number is an amount in cents. */
export type Cell = string | number;

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cellText).join(";")}\r\n`).join("");
}

/**
 * A text that no spreadsheet carries out: `'=1+1`. A formula begins with `= + - @`, also as another
 * form of these characters, and after white space or characters that show nothing.
 */
export function guardFormula(text: string): string {
  const [first = ""] = text.replace(SHOWN_AS_NOTHING, "");
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
