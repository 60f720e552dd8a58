/** Periodic refresh of the clock, the schemes, the shops and the coupons. */

import { Refused } from "web_shared/api/problems";
import type { Shares, Step } from "web_shared/letter/sync";
import { FileWrong } from "web_shared/protocol/issued";
import { outcomeOf } from "./code";
import { joinKeys, withKeys } from "./keys";
import { ledgerName, refreshLedger } from "./ledger";
import { makeCode } from "./making";
import { nextKeysOf, sendDue } from "./move";
import { type Facts, fromStart, type Letter, sameCoupons } from "./model";
import { purchaseWith } from "./purchases";
import type { Reading } from "./reading";
import { lacksCategories } from "./shops";
import type { State } from "./state";
import { ParentTrouble, troubleOf } from "./trouble";

/**
 * Seconds between two requests for changes, at a fixed rate, whatever screen is shown: when the app asks does not tell
 * that somebody pays.
 */
const CHANGES_EVERY = 2;
/** Seconds between two requests for rules, shops and the clock; and between two times that only `syncedAt` is stored. */
const FACTS_EVERY = 60;
const DAY_SECONDS = 86_400;

export class Refresher {
  private busy = false;
  private ticks = 0;
  private factsAt = -Infinity;
  private readonly shares: Shares = new Map();

  constructor(
    private readonly state: State,
    private readonly reading: Reading,
  ) {}

  /** Once a second. */
  tick(): void {
    this.state.tick();
    this.ticks += 1;
    if (document.visibilityState !== "hidden" && this.ticks % CHANGES_EVERY === 0) void this.refresh();
  }

  /** Refresh all letters; without a network nothing changes. */
  async refresh(): Promise<void> {
    const { state } = this;
    if (this.busy || state.vault.locked || state.view.letters.length === 0) return;
    this.busy = true;
    try {
      if (state.view.facts.ledger === null) await refreshLedger(state);
      const unread = await this.refreshLetters();
      for (const letter of state.view.letters) if (letter.id !== this.reading.moving) await sendDue(state, letter);
      await this.refreshFacts();
      state.set({ online: true, unread });
    } catch (error) {
      const { code } = error instanceof Refused ? new ParentTrouble("server") : troubleOf(error);
      state.set({ online: code !== "offline" && state.view.online, unread: code === "server" || state.view.unread });
    } finally {
      this.busy = false;
    }
  }

  /** Forget what a locked phone does not need. */
  forget(): void {
    this.shares.clear();
  }

  /** Refresh the rules and the clock, which change seldom; at once when those of a scheme are lacking. */
  private async refreshFacts(): Promise<void> {
    const { state } = this;
    const now = performance.now() / 1000;
    const ids = [...this.schemes];
    const known = ids.every((id) => state.view.facts.shops[id]);
    if (known && now - this.factsAt < FACTS_EVERY - 1) return;
    await refreshLedger(state);
    const schemes: Facts["schemes"] = {};
    const shops: Facts["shops"] = {};
    for (const id of ids) {
      schemes[id] = await state.server.scheme(id);
      shops[id] = await state.server.shops(id);
    }
    const lacking = lacksCategories(Object.values(shops).flat(), state.view.facts.categories);
    const categories = lacking ? await state.server.categories() : state.view.facts.categories;
    // A letter of another scheme may have been read meanwhile.
    const { facts } = state.view;
    await state.changeFacts({ schemes: { ...facts.schemes, ...schemes }, shops: { ...facts.shops, ...shops }, categories });
    this.factsAt = now;
  }

  private get schemes(): Set<number> {
    return new Set(this.state.view.letters.map(({ scheme }) => scheme));
  }

  /** @returns whether the files of a scheme were not taken; what was known before stays */
  private async refreshLetters(): Promise<boolean> {
    let unread = false;
    for (const scheme of this.schemes) {
      try {
        await this.readFiles(scheme);
      } catch (error) {
        if (!(error instanceof FileWrong)) throw error;
        unread = true;
      }
    }
    return unread;
  }

  private async readFiles(scheme: number): Promise<void> {
    const { state } = this;
    const { FileReplaced, findStart, readOn } = await import("web_shared/letter/sync");
    const ledger = ledgerName(state.view.facts.ledger!);
    const stored = state.view.letters.filter((letter) => letter.scheme === scheme);
    let letters = stored.map((letter) => (letter.ledger === ledger ? letter : { ...letter, position: null }));
    // What is read again from the start replaces what is known when all of it was read.
    const again = letters.some(({ position, syncedAt }) => position === null && syncedAt !== null);
    const first = again || letters.some(({ syncedAt }) => syncedAt === null);
    const today = first ? null : Math.floor(state.view.now / DAY_SECONDS);
    letters = letters.map((letter) => (letter.position ? letter : fromStart(letter, ledger)));
    let known = stored;
    const keep = async (syncedAt: number | null): Promise<void> => {
      known = await Promise.all(letters.map((letter, place) => this.keep(known[place]!, letter, syncedAt)));
    };
    try {
      for await (const step of readOn(state.server, scheme, await findStart(state.server, scheme, letters), today)) {
        letters = await Promise.all(letters.map((letter) => this.afterStep(letter, step)));
        if (!again) await keep(null);
      }
    } catch (error) {
      if (error instanceof FileReplaced) await this.startAgain(stored);
      throw error;
    }
    await keep(state.view.now);
    letters.forEach(({ id }) => this.reading.finish(id));
  }

  private async afterStep(letter: Letter, step: Step): Promise<Letter> {
    const { vault } = this.state;
    const { afterStep } = await import("web_shared/letter/sync");
    const next = letter.moves ? await nextKeysOf(this.state, letter) : this.reading.nextKeys(letter.id);
    if (step.part === null) return { ...letter, ...afterStep(letter, step, [], next, this.shares) };
    return withKeys(vault, letter, async (keys) => {
      const before = [...keys];
      const read = afterStep(letter, step, keys, next, this.shares);
      const same = keys.every((key, place) => key === before[place]);
      return { ...letter, ...read, keys: same ? letter.keys : await vault.seal(joinKeys(keys)) };
    });
  }

  /**
   * Store what was read of a letter, unless it was replaced meanwhile.
   *
   * @param known as it was stored before
   * @param syncedAt null when there is more to read
   */
  private async keep(known: Letter, read: Letter, syncedAt: number | null): Promise<Letter> {
    const { state } = this;
    const { coupons, past, position, ledger, keys } = read;
    const news = known.position !== position || known.coupons !== coupons || state.view.storageFull;
    if (!news && (syncedAt ?? 0) - (known.syncedAt ?? -Infinity) < FACTS_EVERY) return known;
    const kept = { ...known, coupons, past, position, ledger, keys, syncedAt: syncedAt ?? known.syncedAt };
    await state.changeLetter(known.id, (latest) => {
      if (!sameCoupons(latest, known)) return latest;
      const code = sameCoupons(latest, read) ? latest.code : null;
      return { ...kept, name: latest.name, place: latest.place!, code, moves: latest.moves ?? null, shownNonce: latest.shownNonce };
    });
    await this.settleCode(known.id);
    return kept;
  }

  private async startAgain(letters: readonly Letter[]): Promise<void> {
    for (const { id } of letters) {
      await this.state.changeLetter(id, (latest) => ({ ...latest, position: null }));
    }
  }

  /** Remove a code that was used, and show the receipt when it was on the screen. */
  private async settleCode(id: string): Promise<void> {
    const { state } = this;
    const letter = state.view.letters.find((each) => each.id === id);
    if (!letter?.code || outcomeOf(letter, letter.code, state.view.now) !== "used") return;
    const receipt = purchaseWith(letter, letter.code);
    if (receipt === null) return;
    const onScreen = state.view.screen === "code" && state.current?.id === id;
    const { rest = 0, before = 0, spend } = letter.code;
    await state.changeLetter(id, (latest) => ({ ...latest, code: null }));
    if (!onScreen) return;
    if (rest > 0 && receipt.amount === spend.maxAmount) {
      const after = state.view.letters.find((each) => each.id === id)!;
      return makeCode(state, after, rest, spend.shop, receipt.amount);
    }
    state.set({ receipt: { payment: receipt.payment, letter: id, before } });
    state.restart("receipt");
  }
}
