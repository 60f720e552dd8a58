/** The components of the selling screens, by name. */

import Amount from "./Amount.svelte";
import How from "./How.svelte";
import Practice from "./Practice.svelte";
import Receipt from "./Receipt.svelte";
import Scan from "./Scan.svelte";
import Settings from "./Settings.svelte";
import Type from "./Type.svelte";
import Verdict from "./Verdict.svelte";

export const SELLING = {
  amount: Amount, scan: Scan, type: Type, verdict: Verdict, receipt: Receipt, how: How, practice: Practice, settings: Settings,
};
