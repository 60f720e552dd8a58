/** The state that the screens draw, and what keeps it: one object, replaced at every change. */

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
  /** False when this browser forgets everything. */
  lasting: boolean;
  storageFull: boolean;
  /** The owner's PIN is asked for, over whatever screen there is. */
  askingOwner: boolean;
  selling: SellingView;
  office: OfficeView;
}

export class State extends Views<View> {
  private readonly others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("kindpakket-winkel");

  /**
   * @param vault of what this device is, open without a secret
   * @param owners of the owner's key
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

  /** Another tab kept something. */
  onOthers(listener: () => void): void {
    this.others?.addEventListener("message", listener);
  }

  tellOthers(): void {
    this.others?.postMessage("changed");
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

  // --- what is kept

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

  /** Take over what another tab made of this device. */
  async reloadDevice(): Promise<void> {
    await this.owners.refresh();
    this.set({ device: (await this.store.get<Device>("device")) ?? null });
  }

  /** Become another device, or (with null) none. A full disk is a trouble: its keys would be lost. */
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

  /** What can be asked for again: a full disk is told, and memory goes on. */
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
