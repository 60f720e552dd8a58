/** The owner's actions: the shop's tills and the recovery sheet. */

import { Refused } from "web_shared/api/problems";
import { type Hex, toHex } from "web_shared/protocol/bytes";
import { CodeUnreadable } from "web_shared/protocol/codes";
import {
  activation,
  readTillRequest,
  recoveryLink,
  recoveryText,
  TILL_PREFIX,
} from "web_shared/protocol/enrolment";
import { signMessage, type TillChange } from "web_shared/protocol/messages";
import type { Owner } from "../owner";
import type { State } from "../state";
import { ShopTrouble } from "../trouble";
import { shortAddress, type TillName } from "./books";
import type { OfficeServer } from "./server";
import type { TillSettings } from "./view";

const PENDING_POLLS = 20;
const POLL_MS = 1500;
/** Seconds that a nonce may be ahead of the clock, when several changes are made in one second. */
const MOST_AHEAD = 5;

export function titleOf({ till, name }: TillName): string {
  return name || shortAddress(till);
}

/** Normalise a till request. Spaces are part of its alphabet, but not at its start or end. */
export function plainRequest(text: string): string {
  return text.replace(/[\r\n\t]/g, "").trim().toUpperCase();
}

export class Tills {
  /** The nonce of the last change; two changes in one second need two nonces. */
  private lastNonce = 0;

  constructor(
    private readonly state: State,
    private readonly server: OfficeServer,
    private readonly owner: Owner,
    private readonly refreshLedger: () => Promise<void>,
  ) {}

  async load(): Promise<void> {
    const { state } = this;
    const [tills, facts] = await Promise.all([this.server.tills(), this.server.shop()]);
    const sorted = tills.sort((a, b) => titleOf(a).localeCompare(titleOf(b), "nl", { numeric: true }));
    state.changeOffice({ tills: sorted, facts });
    const device = state.view.device!;
    if (device.role === "till" || facts.owner === device.owner?.address) return;
    // The shop has another owner: this device becomes an ordinary till.
    await state.changeDevice({ ...device, role: "till", owner: null });
    throw new ShopTrouble("not_owner");
  }

  isRequest(text: string): boolean {
    return plainRequest(text).startsWith(TILL_PREFIX);
  }

  /** Read a till request, from a QR or typed text. */
  async read(text: string): Promise<void> {
    const { state } = this;
    if (state.view.facts.ledger === null) await this.refreshLedger();
    try {
      const asked = readTillRequest(plainRequest(text), state.view.facts.ledger!);
      if (asked.shop !== state.view.device!.shop) throw new ShopTrouble("till_other_shop");
      state.changeOffice({ asked });
      state.go("till_name");
    } catch (error) {
      throw error instanceof CodeUnreadable ? new ShopTrouble("till_unreadable") : error;
    }
  }

  async add({ name, rights }: TillSettings): Promise<void> {
    const { asked } = this.state.view.office;
    if (asked === null) return;
    await this.send(activation(asked), toHex(asked.signature), { name, rights });
    this.state.changeOffice({ asked: null, done: { name, what: "added" } });
    this.state.restart("tills");
    await this.load();
  }

  show(till: TillName): void {
    this.state.changeOffice({ till });
    this.state.go("till");
  }

  async change(till: TillName, settings: TillSettings): Promise<void> {
    await this.server.setTill(till.till, settings);
    this.state.changeOffice({ done: { name: settings.name, what: "changed" } });
    this.state.restart("tills");
    await this.load();
  }

  async block(till: TillName): Promise<void> {
    await this.refreshLedger();
    const { device, now } = this.state.view;
    this.lastNonce = Math.max(now, this.lastNonce + 1);
    const change = { shop: device!.shop, till: till.till, active: false, nonce: this.lastNonce };
    try {
      await this.send(change, null);
    } catch (error) {
      const late = error instanceof ShopTrouble && error.code === "till_late";
      // Another change has this nonce.
      if (!late || this.lastNonce > now + MOST_AHEAD) throw error;
      return this.block(till);
    }
    this.state.changeOffice({ done: { name: titleOf(till), what: "blocked" } });
    await this.load();
  }

  // --- the recovery sheet

  async showSheet(): Promise<void> {
    const { state } = this;
    const device = state.view.device!;
    const sheet = await this.owner.use((key) => {
      const recovery = { shop: device.shop, key };
      return { text: recoveryText(recovery), link: recoveryLink(recovery, location.origin) };
    });
    state.changeOffice({ sheet });
  }

  hideSheet(): void {
    this.state.changeOffice({ sheet: null });
  }

  private async send(change: TillChange, tillSignature: Hex | null, settings?: TillSettings): Promise<void> {
    const domain = this.state.view.facts.ledger!;
    const signature = await this.owner.use((key) => toHex(signMessage("TillChange", change, domain, key)));
    const body = { ...change, signature, ...(tillSignature && { tillSignature }), ...settings };
    try {
      for (let poll = 0; poll < PENDING_POLLS; poll++) {
        if (await this.server.changeTill(body)) return;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    } catch (error) {
      throw error instanceof Refused && error.code === "nonce_too_old" ? new ShopTrouble("till_late") : error;
    }
    throw new ShopTrouble("server");
  }
}
