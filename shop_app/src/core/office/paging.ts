/** Lists that the server returns in pages. */

/** Rows of one page; a shorter page is the last. */
const PAGE = 1000;

/** @param ask requests the page after this row, or the first page */
export async function wholeList<Row>(ask: (last: Row | undefined) => Promise<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await ask(rows.at(-1));
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}
