/** Periodic refresh of the clock, the schemes, the shops and the coupons. */

import { Refused } from "web_shared/api/problems";
import { ledgerSeconds } from "web_shared/device/clock";
import { outcomeOf } from "./code";
import type { Letter } from "./model";
import { purchaseWith } from "./purchases";
import { lacksCategories } from "./shops";
import type { Screen, State } from "./state";
import { readChanges, withChanges } from "./sync";
import { ParentTrouble, troubleOf } from "./trouble";

/** Screens with a shorter interval, because a payment or refund may change them at any moment. */
const FOLLOWED: ReadonlySet<Screen> = new Set<Screen>(["code", "receipt", "spent"]);
/** Seconds between two refreshes on such a screen, and on others. */
const SHOWN_EVERY = 2;
const IDLE_EVERY = 60;

/** Fetch the ledger's domain and clock. */
export async function refreshLedger(state: State): Promise<void> {
  const { domain, clockOffset } = await state.server.ledger();
  await state.changeFacts({ ledger: domain, clockOffset });
  state.set({ now: ledgerSeconds(state.view.facts.clockOffset), online: true });
}

export class Refresher {
  private busy = false;
  private refreshedAt = 0;
  private factsAt = -Infinity;

  constructor(private readonly state: State) {}

  /** Once a second. */
  tick(): void {
    const { state } = this;
    state.tick();
    if (document.visibilityState === "hidden") return;
    const every = FOLLOWED.has(state.view.screen) ? SHOWN_EVERY : IDLE_EVERY;
    if (performance.now() / 1000 - this.refreshedAt >= every) void this.refresh();
  }

  /** Refresh the letter that is shown, or all letters; without a network nothing changes. */
  async refresh(): Promise<void> {
    const { state } = this;
    if (this.busy || state.vault.locked || state.view.letters.length === 0) return;
    this.busy = true;
    this.refreshedAt = performance.now() / 1000;
    try {
      await this.refreshFacts();
      const shown = FOLLOWED.has(state.view.screen) ? state.shown : null;
      for (const letter of shown ? [shown] : state.view.letters) await this.refreshLetter(letter);
      state.set({ online: true });
    } catch (error) {
      const known = error instanceof Refused ? new ParentTrouble("server") : troubleOf(error);
      state.set({ online: known.code !== "offline" && state.view.online });
    } finally {
      this.busy = false;
    }
  }

  /** Refresh the rules and the clock; they change seldom, and are fetched at most once in {@link IDLE_EVERY}. */
  private async refreshFacts(): Promise<void> {
    const { state } = this;
    const now = performance.now() / 1000;
    if (now - this.factsAt < IDLE_EVERY - 1 && state.view.facts.ledger) return;
    await refreshLedger(state);
    const ids = [...new Set(state.view.letters.map(({ scheme }) => scheme))];
    const schemes = { ...state.view.facts.schemes };
    const shops = { ...state.view.facts.shops };
    for (const id of ids) {
      schemes[id] = await state.server.scheme(id);
      shops[id] = await state.server.shops(id);
    }
    const kept = state.view.facts.categories;
    const lacking = lacksCategories(Object.values(shops).flat(), kept);
    const categories = lacking ? await state.server.categories() : kept;
    await state.changeFacts({ schemes, shops, categories });
    this.factsAt = now;
  }

  private async refreshLetter(letter: Letter): Promise<void> {
    const { state } = this;
    const { facts, now } = state.view;
    const scheme = facts.schemes[letter.scheme];
    if (!scheme || !facts.ledger) return;
    const changes = await readChanges(state.server, state.vault, letter, scheme, facts.ledger, now);
    await state.changeLetter(letter.id, (latest) => withChanges(latest, changes));
    await this.settleCode(letter.id);
  }

  /** Remove a code that was used, and show the receipt when it was on the screen. */
  private async settleCode(id: string): Promise<void> {
    const { state } = this;
    const letter = state.view.letters.find((each) => each.id === id);
    if (!letter?.code || outcomeOf(letter, letter.code, state.view.now) !== "used") return;
    const receipt = purchaseWith(letter, letter.code);
    if (receipt === null) return;
    const onScreen = state.view.screen === "code" && state.current?.id === id;
    await state.changeLetter(id, (latest) => ({ ...latest, code: null }));
    if (!onScreen) return;
    state.set({ receipt: { ...receipt, letter: id } });
    state.restart("receipt");
  }
}
