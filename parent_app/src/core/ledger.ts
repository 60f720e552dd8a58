/** The ledger that the server keeps, and its clock. */

import { ledgerSeconds } from "web_shared/device/clock";
import type { Domain } from "web_shared/protocol/messages";
import type { State } from "./state";

export function ledgerName(domain: Domain): string {
  return `${domain.chainId}:${domain.verifyingContract}`;
}

/** Fetch the ledger's domain and clock. */
export async function refreshLedger(state: State): Promise<void> {
  const { domain, clockOffset } = await state.server.ledger();
  await state.changeFacts({ ledger: domain, clockOffset });
  state.set({ now: ledgerSeconds(state.view.facts.clockOffset), online: true });
}
