/** The actions of the app, which the screens call. */

import { wholeOf } from "./code";
import { type Reminder, stopOf } from "./home";
import { Refresher } from "./refresher";
import { makeCode } from "./making";
import { FIRST_SETTINGS } from "./model";
import { Reading } from "./reading";
import { Server } from "./server";
import { type Purpose, type Screen, State, type Tab } from "./state";
import { openStore } from "web_shared/device/store";
import { CODE_SECONDS } from "web_shared/protocol/codes";
import { readLetter } from "web_shared/protocol/letters";
import { LETTER, findTypingError, type TypingError } from "web_shared/protocol/typed";
import { takeTrail } from "web_shared/device/chunks";
import { PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";

const SECOND_MS = 1000;
/**
 * After this long in the background the PIN is asked for again. Equal to the validity of a code, so that a code that a
 * till can still scan is never locked.
 */
const AWAY_MS = CODE_SECONDS * SECOND_MS;

/** The screens that are restored after a reload; the purpose of a scan is asked again. */
const RESUMED: readonly Screen[] = ["move", "lost", "scan", "settings"];

export class App {
  private readonly reading: Reading;
  private readonly refresher: Refresher;
  private afterUnlock: (() => Promise<void>) | null = null;
  /** When the app went to the background, in milliseconds by the device's clock; null while it is visible. */
  private leftAt: number | null = null;

  private constructor(readonly state: State) {
    this.reading = new Reading(state);
    this.refresher = new Refresher(state, this.reading);
  }

  /** @param fragment of the URL, which was removed from the address bar */
  static async start(fragment: string): Promise<App> {
    const store = await openStore("kindpakket");
    const app = new App(new State(store, await Vault.open(store, PIN), new Server()));
    await app.state.load();
    app.listen();
    void app.begin(fragment); // not awaited: the first screen is shown while the letter is read
    return app;
  }

  /** Open the link of a letter, or the first screen when there is none; with a PIN, after it was entered. */
  async begin(fragment: string): Promise<void> {
    const { state } = this;
    const open = async (): Promise<void> => {
      if (fragment.length > 1) await this.openLink(fragment);
      else this.resume(takeTrail());
      void this.refresher.refresh();
    };
    if (!state.vault.locked) return open();
    this.afterUnlock = open;
    state.restart("unlock");
  }

  /** Show the first screen, or the one that was open before the page reloaded itself. */
  private resume(place: readonly string[]): void {
    const { state } = this;
    state.restart(state.view.letters.length > 0 ? "home" : "welcome");
    const goOn = RESUMED.find((screen) => place.includes(screen));
    if (goOn) state.go(goOn);
  }

  // --- letters

  async openLink(link: string): Promise<void> {
    const { state } = this;
    if (state.view.screen === "unlock") state.restart("welcome");
    await this.reading.readLink(link, state.view.purpose);
    void this.refresher.refresh();
  }

  /** @returns the typing error; null when the text is a letter */
  async openTyped(typed: string): Promise<TypingError | null> {
    const problem = findTypingError(typed, LETTER);
    if (problem !== null) return problem;
    await this.reading.readSecret(readLetter(typed), this.state.view.purpose);
    void this.refresher.refresh();
    return null;
  }

  async readAgain(): Promise<void> {
    await this.reading.again();
    void this.refresher.refresh();
  }

  /** Start to read a letter. */
  startReading(purpose: Purpose, screen: Screen): void {
    this.state.set({ purpose });
    this.state.go(screen);
  }

  /** @param spread whether the coupons are moved within an hour, instead of at once */
  move(spread: boolean): Promise<void> {
    return this.reading.move(spread);
  }

  /** Move what is left of the current letter to the blank one that was read. */
  async fill(): Promise<void> {
    await this.reading.fill();
    void this.refresher.refresh();
  }

  /** Name the child of the letter on the screen `name`, or with an empty name do not; then go home. */
  async nameChild(name: string): Promise<void> {
    const { found } = this.state.view;
    if (found === null) return this.reading.name(name.trim());
    await this.nameLetter(found, name);
    this.home();
  }

  async nameLetter(id: string, name: string): Promise<void> {
    await this.state.changeLetter(id, (letter) => ({ ...letter, name: name.trim() }));
  }

  async choose(id: string): Promise<void> {
    await this.state.changeSettings({ current: id });
  }

  async removeLetter(id: string): Promise<void> {
    await this.state.removeLetter(id);
    this.reading.finish(id);
    this.home();
  }

  /** Show the first screen; a letter that is being read is not read on, and its secret is wiped. */
  home(): void {
    this.reading.forget();
    this.state.set({ purpose: "open", receipt: null });
    this.state.restart(this.state.view.letters.length > 0 ? "home" : "welcome");
  }

  /** Open a screen of the bar; going back from there leads to the home screen. */
  open(tab: Tab): void {
    const { state } = this;
    if (tab === state.view.screen) return;
    if (tab === "home") state.back();
    else if (state.view.screen === "home") state.go(tab);
    else state.swap(tab);
  }

  /** A parent has read the reminder of this many days before the end. */
  async seenReminder(letter: string, days: Reminder): Promise<void> {
    const { reminded } = this.state.view.settings;
    await this.state.changeSettings({ reminded: { ...reminded, [letter]: days } });
  }

  /** Ask the amount of another code; going back from there leads to the home screen. */
  askAmount(): void {
    this.state.restart("home");
    this.state.go("amount");
  }

  // --- paying

  /**
   * Show a code for at most this amount in cents; an open code for the same amount and shop is shown again. When the
   * scheme takes no payments, go to the home screen, which says so.
   *
   * @param before cents that a code before this one paid of the same purchase
   */
  async showCode(amount: number, shop: number, before = 0): Promise<void> {
    const { state } = this;
    const letter = state.current;
    if (letter === null) return;
    if (stopOf(state.view.facts.schemes[letter.scheme], state.view.now)) return this.home();
    await state.attempt(async () => {
      await makeCode(state, letter, amount, shop, before);
      await this.rememberShop(letter.scheme, shop);
      state.go("code");
    });
  }

  /** Replace the code on the screen by one for another shop, 0 for every shop. */
  async bindCode(shop: number): Promise<void> {
    const { state } = this;
    const letter = state.current;
    if (!letter?.code) return;
    const { code } = letter;
    await state.attempt(async () => {
      await makeCode(state, letter, wholeOf(code), shop, code.before);
      await this.rememberShop(letter.scheme, shop);
    });
  }

  private async rememberShop(scheme: number, shop: number): Promise<void> {
    if (shop === 0) return;
    const { lastShops } = this.state.view.settings;
    await this.state.changeSettings({ lastShops: { ...lastShops, [scheme]: shop } });
  }

  // --- the device

  /** Fetch the municipality's contact details; without a network the stored ones stay. */
  async learnHelp(): Promise<void> {
    const help = await this.state.server.help().catch(() => null);
    if (help) await this.state.changeFacts({ help });
  }

  async unlock(pin: string): Promise<void> {
    const { state } = this;
    await state.attempt(async () => {
      await state.vault.unlock(pin);
      const next = this.afterUnlock;
      this.afterUnlock = null;
      await next?.();
    });
  }

  /** Set, change or (with null) remove the PIN; return whether it was done. */
  async changePin(now: string, next: string | null): Promise<boolean> {
    const { state } = this;
    await state.attempt(async () => {
      await state.vault.changeSecret(now, next);
      state.set({ hasPin: state.vault.hasSecret });
      state.tellOthers();
    });
    return state.view.trouble === null;
  }

  /** Delete all letters and the PIN, for a parent who forgot the PIN and has the letters on paper. */
  async forgetEverything(): Promise<void> {
    await this.state.store.clear();
    await this.state.changeSettings(FIRST_SETTINGS);
    location.reload();
  }

  private listen(): void {
    const { state } = this;
    addEventListener("popstate", () => {
      // An entry with a fragment is a letter's link, which the `hashchange` listener handles.
      if (location.hash === "") state.returned();
    });
    addEventListener("online", () => void this.refresher.refresh());
    addEventListener("offline", () => state.set({ online: false }));
    document.addEventListener("visibilitychange", () => {
      this.lockWhenLeft();
      const seen = document.visibilityState === "visible";
      if (!seen) this.leftAt ??= Date.now();
      else if (!this.lockIsDue()) this.leftAt = null; // otherwise it locks when the running task is done
      if (seen) void this.refresher.refresh();
    });
    setInterval(() => {
      this.lockWhenLeft();
      this.refresher.tick();
    }, SECOND_MS);
  }

  private lockIsDue(): boolean {
    const { state, leftAt } = this;
    const away = leftAt !== null && Date.now() - leftAt >= AWAY_MS;
    return away && state.view.hasPin && !state.vault.locked;
  }

  private lockWhenLeft(): void {
    const { state } = this;
    if (!this.lockIsDue() || state.view.busy) return;
    this.leftAt = null;
    const atTheTill = state.view.screen === "code";
    this.reading.lock();
    this.refresher.forget();
    state.vault.lock();
    this.afterUnlock = async () => {
      this.home();
      if (atTheTill && state.current?.code) state.go("code");
    };
    state.restart("unlock");
  }
}
