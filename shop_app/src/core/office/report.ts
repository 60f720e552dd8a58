/** The report of a day: its totals, for all tills and for each, to print or to share. */

import type { Words } from "../../texts";
import type { View } from "../state";
import { type Payment, tillName, type TillName, type Totals, totalsOf } from "./books";
import { dayOf, sayDay, timeOf } from "./days";

export interface Report {
  shop: string;
  /** ISO 8601. */
  day: string;
  /** When the payments were read, in unix seconds by the ledger's clock. */
  readAt: number;
  /** The name of the till whose payments these are; null for those of the whole shop. */
  only: string | null;
  totals: Totals;
  /** The totals of each till with payments, by name. */
  tills: readonly (Totals & { name: string })[];
  /** Claims of this till that are not answered, and that the totals leave out: their number, and their sum in cents. */
  open: { count: number; sum: number };
}

export function tillTotals(payments: readonly Payment[], tills: readonly TillName[]): Report["tills"] {
  return [...new Set(payments.map(({ till }) => till))]
    .map((till) => ({ name: tillName(till, tills), ...totalsOf(payments.filter((each) => each.till === till)) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The report of the day that is loaded; null before it is. */
export function reportOf({ device, office, selling }: Pick<View, "device" | "office" | "selling">): Report | null {
  const { day, payments, tills, facts, readAt } = office;
  if (!device || !payments || !facts) return null;
  const open = selling.claims.filter(({ state, madeAt }) => state === "open" && dayOf(madeAt) === day);
  return {
    shop: device.name,
    day,
    readAt,
    only: facts.rights.books ? null : device.tillName,
    totals: totalsOf(payments),
    tills: tillTotals(payments, tills ?? []),
    open: { count: open.length, sum: open.reduce((sum, { amount }) => sum + amount, 0) },
  };
}

/** The report as plain text, one line for each figure. */
export function reportText({ shop, day, readAt, only, totals, tills, open }: Report, { say, euros, language }: Words): string {
  const lines = [
    `${say("report_title")} Kindpakket`,
    only === null ? shop : `${shop}, ${only}`,
    sayDay(day, language.code),
    "",
    `${say("day_paid")}: ${euros(totals.paid)} (${say("day_count", { count: totals.count })})`,
    `${say("day_refunded")}: ${euros(totals.refunded)}`,
    `${say("day_net")}: ${euros(totals.net)}`,
    ...(tills.length > 1 ? ["", ...tills.map(({ name, count, net }) => `${name}: ${euros(net)} (${say("day_count", { count })})`)] : []),
    ...(open.count > 0 ? ["", say("report_open", { count: open.count, amount: euros(open.sum) })] : []),
    "",
    say("report_read", { time: timeOf(readAt) }),
  ];
  return lines.join("\n");
}
