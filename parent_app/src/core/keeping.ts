/** Keeping up to date: the clock, the scheme, the shops, and what is left. */

import { Refused } from "web_shared/api/problems";
import { ledgerSeconds } from "web_shared/device/clock";
import { outcomeOf } from "./code";
import type { Letter } from "./model";
import { purchaseWith } from "./purchases";
import { lacksCategories } from "./shops";
import type { Screen, State } from "./state";
import { readNews, withNews } from "./sync";
import { ParentTrouble, troubleOf } from "./trouble";

/** What changes while somebody waits for it: a code is paid, a sale is called off. */
const FOLLOWED: ReadonlySet<Screen> = new Set<Screen>(["code", "receipt", "spent"]);
/** Seconds between two looks while such a screen is shown, and otherwise. */
const SHOWN_EVERY = 2;
const IDLE_EVERY = 60;

/** Ask whose ledger it is and what time it is there. */
export async function refreshLedger(state: State): Promise<void> {
  const { domain, clockOffset } = await state.server.ledger();
  await state.changeFacts({ ledger: domain, clockOffset });
  state.set({ now: ledgerSeconds(state.view.facts.clockOffset), online: true });
}

export class Keeping {
  private busy = false;
  private lookedAt = 0;
  private askedAt = -Infinity;

  constructor(private readonly state: State) {}

  /** Once a second. */
  tick(): void {
    const { state } = this;
    state.tick();
    if (document.visibilityState === "hidden") return;
    const every = FOLLOWED.has(state.view.screen) ? SHOWN_EVERY : IDLE_EVERY;
    if (performance.now() / 1000 - this.lookedAt >= every) void this.look();
  }

  /** Bring all letters up to date; without a network everything stays as it is. */
  async look(): Promise<void> {
    const { state } = this;
    if (this.busy || state.vault.locked || state.view.letters.length === 0) return;
    this.busy = true;
    this.lookedAt = performance.now() / 1000;
    try {
      await this.askFacts();
      const shown = FOLLOWED.has(state.view.screen) ? state.shown : null;
      for (const letter of shown ? [shown] : state.view.letters) await this.lookAt(letter);
      state.set({ online: true });
    } catch (error) {
      const known = error instanceof Refused ? new ParentTrouble("server") : troubleOf(error);
      state.set({ online: known.code !== "offline" && state.view.online });
    } finally {
      this.busy = false;
    }
  }

  /** The rules and the clock change seldom, so they are not asked for at every look. */
  private async askFacts(): Promise<void> {
    const { state } = this;
    const now = performance.now() / 1000;
    if (now - this.askedAt < IDLE_EVERY - 1 && state.view.facts.ledger) return;
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
    this.askedAt = now;
  }

  private async lookAt(letter: Letter): Promise<void> {
    const { state } = this;
    const { facts, now } = state.view;
    const scheme = facts.schemes[letter.scheme];
    if (!scheme || !facts.ledger) return;
    const news = await readNews(state.server, state.vault, letter, scheme, facts.ledger, now);
    await state.changeLetter(letter.id, (latest) => withNews(latest, news));
    await this.settleCode(letter.id);
  }

  /** Turn the code on the screen into its receipt once it is paid. */
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
