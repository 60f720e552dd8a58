/** Public data: fetched periodically, and stored for offline use. */

import { fetchHelp } from "web_shared/help";
import { ledgerSeconds } from "web_shared/device/clock";
import type { Server } from "./server";
import type { State } from "./state";

/** Fetch the ledger's domain and clock. */
export async function refreshLedger(state: State, server: Server): Promise<void> {
  const { domain, clockOffset } = await server.ledger();
  await state.changeFacts({ ledger: domain, clockOffset });
  state.set({ now: ledgerSeconds(clockOffset), online: true });
}

export async function refreshFacts(state: State, server: Server): Promise<void> {
  await refreshLedger(state, server);
  const [schemes, categories, help] = await Promise.all([server.schemes(), server.categories(), fetchHelp(server.api)]);
  await state.changeFacts({ schemes, categories, help });
}
