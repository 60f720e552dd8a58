/** The app: selling, the shop's office, and the events of the device. */

import { Trouble } from "web_shared/device/trouble";
import { openStore } from "web_shared/device/store";
import { takeTrail } from "web_shared/device/chunks";
import { OWNER_PIN, PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";
import { refreshFacts, refreshLedger } from "./facts";
import { ScannerInput } from "./scanner_input";
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

/** The screens that are restored after a reload; the typed amount is stored separately. */
const RESUMED: readonly Screen[] = ["enter_scan", "till_scan", "settings"];

export class App {
  readonly server = new Server();
  readonly selling: Selling;
  readonly office: Office;
  /** Handler of scanned texts on a screen outside of selling; null when the screen has none. */
  onScan: ((text: string) => void) | null = null;

  private constructor(readonly state: State) {
    this.selling = new Selling(state, this.server);
    this.office = new Office(state, () => this.refreshLedger());
  }

  /** @param fragment of the URL, which was removed from the address bar */
  static async start(fragment: string): Promise<App> {
    const store = await openStore("kindpakket-winkel");
    const [vault, owners] = [await Vault.open(store, PIN), await Vault.open(store, OWNER_PIN, "owner_lock")];
    const app = new App(new State(store, vault, owners));
    await app.state.load();
    app.listen();
    await app.begin(fragment);
    void app.refresh();
    return app;
  }

  /** Open a link, or the first screen when there is none. */
  async begin(fragment: string): Promise<void> {
    if (!(await this.office.begin(fragment))) await this.sell();
    const place = takeTrail();
    const goOn = RESUMED.find((screen) => place.includes(screen));
    if (goOn && ["welcome", "amount"].includes(this.state.view.screen)) this.state.go(goOn);
  }

  /** Start selling, with the sale that was not finished. */
  async sell(): Promise<void> {
    await this.selling.load();
    void import("web_shared/qr/read").then(({ prepareReader }) => prepareReader()).catch(() => undefined);
  }

  get journal(): Journal {
    return this.selling.journal;
  }

  refreshLedger(): Promise<void> {
    return refreshLedger(this.state, this.server);
  }

  /** Refresh the public data; without a network nothing changes. */
  private async refresh(): Promise<void> {
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
      // An entry with a fragment is a link, which the `hashchange` listener handles.
      if (location.hash === "") state.returned();
    });
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => state.set({ online: false }));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
    new ScannerInput({
      entry: () => this.selling.typed,
      restore: (entry) => this.selling.retype(entry),
      scanned: (scanned) => this.scanned(scanned),
    }).listen();
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => void readySound(), { capture: true });
    state.onOtherTabs(() => void state.reloadDevice().then(() => this.selling.reload()));
    setInterval(() => state.tick(), SECOND_MS);
    setInterval(() => void this.refresh(), FACTS_EVERY_MS);
  }

  private wake(): void {
    this.journal.wake();
    void this.refresh();
  }

  private scanned({ code, text }: Scanned): void {
    const { screen } = this.state.view;
    if (this.onScan) this.onScan(text);
    else if (SELLING.includes(screen)) void this.selling.read(text);
    else this.state.tell(code === null ? new ShopTrouble("code_other", null, text) : new ShopTrouble("code_elsewhere"));
  }
}
