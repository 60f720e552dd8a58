/** Lists that the server returns in pages. */

import { Trouble } from "web_shared/device/trouble";

/** Rows of one page; a shorter page is the last. */
const PAGE = 1000;
/** Maximum number of requests for a list: more than a shop's payments of years take. */
const MOST_PAGES = 200;

/**
 * @param ask requests the page after this row, or the first page
 * @throws Trouble `server`: the list does not end
 */
export async function wholeList<Row>(ask: (last: Row | undefined) => Promise<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await ask(rows.at(-1));
    for (const row of page) rows.push(row);
    if (page.length < PAGE) return rows;
  }
  throw new Trouble("server");
}
