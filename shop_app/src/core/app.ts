/** What a shop can do at this device: sell, and everything around it. */

import { Trouble } from "web_shared/device/trouble";
import { openStore } from "web_shared/device/store";
import { takeTrail } from "web_shared/device/chunks";
import { OWNER_PIN, PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";
import { refreshFacts, refreshLedger } from "./facts";
import { Hearing } from "./hearing";
import type { Journal } from "./journal";
import { Office } from "./office";
import type { Scanned } from "./scanner";
import type { Screen } from "./screens";
import { Selling } from "./selling";
import { Server } from "./server";
import { readySound } from "./sound";
import { State } from "./state";
import { ShopTrouble } from "./trouble";

const SECOND_MS = 1000;
const FACTS_EVERY_MS = 600_000;
const SELLING: readonly Screen[] = ["amount", "scan", "type", "verdict"];

/** Where a page goes on that loaded itself again; an amount is kept. */
const RESUMED: readonly Screen[] = ["enter_scan", "till_scan", "settings"];

export class App {
  readonly server = new Server();
  readonly selling: Selling;
  readonly office: Office;
  /** What the screen does with a text that its camera or a scanner read, when it is not selling's. */
  lens: ((text: string) => void) | null = null;

  private constructor(readonly state: State) {
    this.selling = new Selling(state, this.server);
    this.office = new Office(state, () => this.refreshLedger());
  }

  /** @param fragment what followed # in the address bar, which no longer shows it */
  static async start(fragment: string): Promise<App> {
    const store = await openStore("kindpakket-winkel");
    const [vault, owners] = [await Vault.open(store, PIN), await Vault.open(store, OWNER_PIN, "owner_lock")];
    const app = new App(new State(store, vault, owners));
    await app.state.load();
    app.listen();
    await app.begin(fragment);
    void app.look();
    return app;
  }

  /** A link was opened while the app was open. */
  async begin(fragment: string): Promise<void> {
    if (!(await this.office.begin(fragment))) await this.sell();
    const place = takeTrail();
    const goOn = RESUMED.find((screen) => place.includes(screen));
    if (goOn && ["welcome", "amount"].includes(this.state.view.screen)) this.state.go(goOn);
  }

  /** This device is a till: take up where it was left. */
  async sell(): Promise<void> {
    this.state.restart("amount");
    await this.selling.load();
    void import("web_shared/qr/read").then(({ prepareReader }) => prepareReader()).catch(() => undefined);
  }

  get journal(): Journal {
    return this.selling.journal;
  }

  refreshLedger(): Promise<void> {
    return refreshLedger(this.state, this.server);
  }

  /** Ask what everybody may know; without a network everything stays as it is. */
  private async look(): Promise<void> {
    const { state } = this;
    if (state.view.selling.practice) return;
    try {
      await refreshFacts(state, this.server);
    } catch (error) {
      state.set({ online: !(error instanceof Trouble && error.code === "offline") && state.view.online });
    }
  }

  private listen(): void {
    const { state } = this;
    addEventListener("popstate", () => {
      // An address with a link in it is one entry too many, and read elsewhere.
      if (location.hash === "") state.returned();
    });
    addEventListener("online", () => this.awake());
    addEventListener("offline", () => state.set({ online: false }));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.awake();
    });
    new Hearing({
      entry: () => this.selling.typed,
      restore: (entry) => this.selling.retype(entry),
      scanned: (scanned) => this.scanned(scanned),
    }).listen();
    addEventListener("pointerdown", readySound, { capture: true });
    addEventListener("keydown", readySound, { capture: true });
    state.onOthers(() => void state.reloadDevice().then(() => this.selling.reload()));
    setInterval(() => state.tick(), SECOND_MS);
    setInterval(() => void this.look(), FACTS_EVERY_MS);
  }

  private awake(): void {
    this.journal.wake();
    void this.look();
  }

  private scanned({ code, text }: Scanned): void {
    const { screen } = this.state.view;
    if (this.lens) this.lens(text);
    else if (SELLING.includes(screen)) void this.selling.read(text);
    else this.state.tell(code === null ? new ShopTrouble("code_other", null, text) : new ShopTrouble("code_elsewhere"));
  }
}
