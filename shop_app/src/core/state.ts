/** The app's view state and its storage: one object, replaced at every change. */

import { ledgerSeconds } from "web_shared/device/clock";
import type { Store } from "web_shared/device/store";
import { Trouble } from "web_shared/device/trouble";
import type { Vault } from "web_shared/device/vault";
import { type Shown, Views } from "web_shared/view";
import { type Device, type Facts, FIRST_SETTINGS, NO_FACTS, type Settings } from "./model";
import { NO_OFFICE, type OfficeView } from "./office/view";
import type { Screen } from "./screens";
import { NO_SELLING, type SellingView } from "./selling_view";
import { type ShopTrouble, troubleOf } from "./trouble";

export interface View extends Shown {
  screen: Screen;
  device: Device | null;
  facts: Facts;
  settings: Settings;
  /** Unix seconds by the ledger's clock. */
  now: number;
  online: boolean;
  trouble: ShopTrouble | null;
  /** False when the browser has no persistent storage. */
  lasting: boolean;
  storageFull: boolean;
  /** Whether the owner's PIN is asked for, in a dialog over the current screen. */
  askingOwner: boolean;
  selling: SellingView;
  office: OfficeView;
}

export class State extends Views<View> {
  private readonly otherTabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("kindpakket-winkel");

  /**
   * @param vault of the till's key; it has no secret
   * @param owners vault of the owner's key, which the owner's PIN opens
   */
  constructor(
    readonly store: Store,
    readonly vault: Vault,
    readonly owners: Vault,
  ) {
    super({
      screen: "welcome",
      device: null,
      facts: NO_FACTS,
      settings: FIRST_SETTINGS,
      now: ledgerSeconds(NO_FACTS.clockOffset),
      online: navigator.onLine,
      busy: false,
      trouble: null,
      lasting: store.lasting,
      storageFull: false,
      askingOwner: false,
      selling: NO_SELLING,
      office: NO_OFFICE,
    });
  }

  /** Call a function when another tab changed the store. */
  onOtherTabs(listener: () => void): void {
    this.otherTabs?.addEventListener("message", listener);
  }

  tellOthers(): void {
    this.otherTabs?.postMessage("changed");
  }

  tick(): void {
    this.set({ now: ledgerSeconds(this.view.facts.clockOffset) });
  }

  changeSelling(change: Partial<SellingView>): void {
    this.set({ selling: { ...this.view.selling, ...change } });
  }

  changeOffice(change: Partial<OfficeView>): void {
    this.set({ office: { ...this.view.office, ...change } });
  }

  // --- storage

  async load(): Promise<void> {
    const [device, facts, settings] = await Promise.all([
      this.store.get<Device>("device"),
      this.store.get<Facts>("facts"),
      this.store.get<Settings>("settings"),
    ]);
    this.set({
      device: device ?? null,
      facts: { ...NO_FACTS, ...facts },
      settings: { ...FIRST_SETTINGS, ...settings },
    });
    this.tick();
  }

  /** Load changes of other tabs. */
  async reloadDevice(): Promise<void> {
    await this.owners.refresh();
    this.set({ device: (await this.store.get<Device>("device")) ?? null });
  }

  /** Change or (with null) remove the identity of this device. A full storage is an error, since keys would be lost. */
  async changeDevice(device: Device | null): Promise<void> {
    if (device) await this.store.put("device", device);
    else await this.store.remove("device");
    this.set({ device });
    this.tellOthers();
  }

  async changeFacts(change: Partial<Facts>): Promise<void> {
    this.set({ facts: { ...this.view.facts, ...change } });
    await this.save("facts", this.view.facts);
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    this.set({ settings: { ...this.view.settings, ...change } });
    await this.save("settings", this.view.settings);
  }

  protected troubleOf(error: unknown): ShopTrouble {
    return troubleOf(error);
  }

  protected first(): Screen {
    return this.view.device?.ready ? "amount" : "welcome";
  }

  /** Store data that can be fetched again: when the storage is full, it stays in memory, and the screen says so. */
  private async save(key: string, value: unknown): Promise<void> {
    try {
      await this.store.put(key, value);
      if (this.view.storageFull) this.set({ storageFull: false });
    } catch (error) {
      if (!(error instanceof Trouble && error.code === "storage_full")) throw error;
      this.set({ storageFull: true });
    }
  }
}
