/** The app's view state and its storage: one object, replaced at every change. */

import { ledgerSeconds } from "web_shared/device/clock";
import type { Store } from "web_shared/device/store";
import { Trouble } from "web_shared/device/trouble";
import type { Vault } from "web_shared/device/vault";
import { type Shown, Views } from "web_shared/view";
import {
  type Facts,
  FIRST_SETTINGS,
  fromStart,
  inOrder,
  type Letter,
  NO_FACTS,
  type Settings,
} from "./model";
import type { Purchase } from "./purchases";
import type { Server } from "./server";
import { type ParentTrouble, troubleOf } from "./trouble";

export type Screen =
  | "welcome" | "scan" | "type" | "reading" | "name"
  | "home" | "amount" | "code" | "receipt" | "spent" | "shops"
  | "settings" | "move" | "moving" | "moved" | "lost" | "filling" | "filled" | "pin" | "unlock" | "install";

/** The screens of the bar at the bottom. */
export type Tab = "home" | "shops" | "spent";

/** The purpose of reading a letter; to fill it, it has to be blank. */
export type Purpose = "open" | "move" | "fill";

export interface View extends Shown {
  screen: Screen;
  letters: readonly Letter[];
  facts: Facts;
  settings: Settings;
  /** Unix seconds by the ledger's clock. */
  now: number;
  online: boolean;
  /** Whether what is left could not be looked up, although the server answered. */
  unread: boolean;
  trouble: ParentTrouble | null;
  hasPin: boolean;
  /** False when the browser has no persistent storage. */
  lasting: boolean;
  storageFull: boolean;
  purpose: Purpose;
  /** The id of the letter on the screen `name`; null while it is being read. */
  found: string | null;
  /** The letter that is about to be moved: what is left on it in cents, and its scheme. */
  moving: { amount: number; scheme: number } | null;
  /** The payment on the receipt, its letter, and the cents that a code before it paid of the same purchase. */
  receipt: { payment: Purchase["payment"]; letter: string; before: number } | null;
}

export class State extends Views<View> {
  private readonly otherTabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("kindpakket");
  /** Ids of letters with changes that could not be stored because the storage is full. */
  private readonly unsaved = new Set<string>();

  constructor(
    readonly store: Store,
    readonly vault: Vault,
    readonly server: Server,
  ) {
    super({
      screen: "welcome",
      letters: [],
      facts: NO_FACTS,
      settings: FIRST_SETTINGS,
      now: ledgerSeconds(NO_FACTS.clockOffset),
      online: navigator.onLine,
      unread: false,
      busy: false,
      trouble: null,
      hasPin: vault.hasSecret,
      lasting: store.lasting,
      storageFull: false,
      purpose: "open",
      found: null,
      moving: null,
      receipt: null,
    });
    this.otherTabs?.addEventListener("message", () => void this.reload());
  }

  tick(): void {
    this.set({ now: ledgerSeconds(this.view.facts.clockOffset) });
  }

  protected troubleOf(error: unknown): ParentTrouble {
    return troubleOf(error);
  }

  protected first(): Screen {
    return this.view.letters.length > 0 ? "home" : "welcome";
  }

  // --- storage

  get current(): Letter | null {
    return currentOf(this.view);
  }

  /** The letter of the current screen. */
  get shown(): Letter | null {
    const { screen, receipt, letters } = this.view;
    return screen === "receipt" ? (letters.find(({ id }) => id === receipt?.letter) ?? null) : this.current;
  }

  async load(): Promise<void> {
    const [facts, settings] = await Promise.all([
      this.store.get<Facts>("facts"),
      this.store.get<Settings>("settings"),
    ]);
    this.set({ facts: { ...NO_FACTS, ...facts }, settings: { ...FIRST_SETTINGS, ...settings } });
    this.tick();
    await this.reload();
  }

  /** Load changes of other tabs. */
  async reload(): Promise<void> {
    await this.vault.refresh();
    const stored = await this.store.list<Letter>("letter:");
    const ahead = this.view.letters.filter(({ id }) => this.unsaved.has(id));
    const letters = inOrder([...stored.filter(({ id }) => !this.unsaved.has(id)).map(withFiles), ...ahead]);
    this.set({ letters, hasPin: this.vault.hasSecret });
    if (letters.length === 0 && this.view.screen === "home") this.restart("welcome");
  }

  /** Store a letter. A new one is put after the others; a known one stays in its place. */
  async keepLetter(read: Letter): Promise<void> {
    const { letters } = this.view;
    const last = Math.max(0, ...letters.map(({ place }) => place ?? 0));
    const known = letters.find(({ id }) => id === read.id);
    const letter = { ...read, place: known ? (known.place ?? 0) : last + 1 };
    this.set({ letters: inOrder([...letters.filter((each) => each !== known), letter]) });
    await this.save(letter.id, () => this.store.put(letterKey(letter.id), letter));
  }

  /** Change the stored version of a letter, which another tab may have changed. */
  async changeLetter(id: string, change: (letter: Letter) => Letter): Promise<void> {
    const shown = this.view.letters.find((letter) => letter.id === id);
    let changed: Letter | undefined;
    await this.save(id, () =>
      this.store.update<Letter>(letterKey(id), (stored) => {
        const latest = this.unsaved.has(id) ? shown : stored;
        changed = latest && change(latest);
        return changed;
      }),
    );
    if (!changed) return this.reload();
    this.set({ letters: inOrder(this.view.letters.map((letter) => (letter.id === id ? changed! : letter))) });
  }

  async removeLetter(id: string): Promise<void> {
    await this.store.remove(letterKey(id));
    this.unsaved.delete(id);
    this.set({ letters: this.view.letters.filter((letter) => letter.id !== id) });
    this.tellOthers();
  }

  async changeFacts(change: Partial<Facts>): Promise<void> {
    this.set({ facts: { ...this.view.facts, ...change } });
    await this.save("", () => this.store.put("facts", this.view.facts));
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    this.set({ settings: { ...this.view.settings, ...change } });
    await this.save("", () => this.store.put("settings", this.view.settings));
  }

  tellOthers(): void {
    this.otherTabs?.postMessage("changed");
  }

  /** When the storage is full, changes stay in memory, so that a parent can still pay, and the screen says so. */
  private async save(id: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.unsaved.delete(id);
      if (this.view.storageFull && this.unsaved.size === 0) this.set({ storageFull: false });
      this.tellOthers();
    } catch (error) {
      if (!(error instanceof Trouble && error.code === "storage_full")) throw error;
      if (id) this.unsaved.add(id);
      this.set({ storageFull: true });
    }
  }
}

/** The letter that was chosen last, or the first. */
export function currentOf({ letters, settings }: View): Letter | null {
  return letters.find(({ id }) => id === settings.current) ?? letters[0] ?? null;
}

/** Whether a letter is being read, or could not be read. */
export function isReading({ screen, found }: View): boolean {
  return screen === "reading" || (screen === "name" && found === null);
}

/** A letter that a version without files of changes stored is read again from the start. */
function withFiles(letter: Letter): Letter {
  return letter.position === undefined ? { ...fromStart(letter, ""), past: [], syncedAt: null } : letter;
}

export function letterKey(id: string): string {
  return `letter:${id}`;
}
