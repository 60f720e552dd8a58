/** Enrolment of this device as a till: by an invitation, a recovery sheet, or a till request to the owner. */

import { Refused } from "web_shared/api/problems";
import { toHex } from "web_shared/protocol/bytes";
import {
  activation,
  type Invitation,
  makeTillRequest,
  ownerCode,
  type Recovery,
  tillRequestText,
} from "web_shared/protocol/enrolment";
import { signMessage } from "web_shared/protocol/messages";
import { addressOf, generateKey, type Key } from "web_shared/protocol/signatures";
import { withTillKey } from "../keys";
import type { Device, OwnerKey } from "../model";
import type { Owner } from "../owner";
import type { State } from "../state";
import { ShopTrouble } from "../trouble";
import type { TillName } from "./books";
import { isNotMine, type OfficeServer } from "./server";
import type { Enrolment, ShopFacts } from "./view";

/** Interval at which a till request is renewed, so that its nonce is above that of any other change of the till. */
const REQUEST_SECONDS = 60;

export class Enrolling {
  private requestedAt = 0;
  private checking: Promise<void> | null = null;
  /** The invitation or sheet that was read, until its owner has chosen a PIN; in memory only. */
  private read: Invitation | Recovery | null = null;

  constructor(
    private readonly state: State,
    private readonly server: OfficeServer,
    private readonly owner: Owner,
    private readonly refreshLedger: () => Promise<void>,
  ) {}

  /** Load the enrolment that was in progress. */
  async resume(): Promise<void> {
    const enrolment = (await this.state.store.get<Enrolment>("enrolment")) ?? null;
    await this.setEnrolment(enrolment);
  }

  /**
   * Use an invitation or a recovery sheet. A device with an owner's key uses that for an invitation; any other device
   * generates or takes over a key, for which the owner then chooses a PIN.
   *
   * @throws ShopTrouble `sheet_old`: the sheet's key is not the owner's; the key of this device is kept
   */
  async accept(read: Invitation | Recovery): Promise<void> {
    const { device, office } = this.state.view;
    if ("secret" in read && device?.owner) {
      const activation = office.enrolment?.activation ?? null;
      return this.wait({ way: "invitation", secret: await this.state.vault.seal(read.secret), activation });
    }
    if ("key" in read && !(await this.server.isOwner(read.shop, read.key))) throw new ShopTrouble("sheet_old");
    this.read = read;
    this.state.restart("owner_pin");
  }

  /** @throws Trouble `pin_short`, `pin_weak`; nothing is changed */
  async choosePin(pin: string): Promise<void> {
    const { read, state } = this;
    if (read === null) return state.restart(state.view.device?.ready ? "amount" : "welcome");
    const key = "key" in read ? read.key : generateKey();
    await this.becomeOwner(read.shop, { address: addressOf(key), key: await this.owner.keep(key, pin) });
    key.fill(0);
    this.read = null;
    const secret = "secret" in read ? await state.vault.seal(read.secret) : null;
    await this.wait({ way: secret ? "invitation" : "sheet", secret, activation: null });
  }

  /** Request to become a till of this shop. */
  async ask(shop: number, name: string): Promise<void> {
    const { state } = this;
    const till = generateKey();
    await state.changeDevice({
      shop,
      name,
      role: "till",
      till: addressOf(till),
      tillName: "",
      keys: await state.vault.seal(till),
      owner: null,
      ready: false,
    });
    till.fill(0);
    await this.wait({ way: "request", secret: null, activation: null });
  }

  /** Request again after a block: the owner's device signs for itself, another device shows its QR. */
  async askAgain(): Promise<void> {
    const device = this.state.view.device!;
    if (device.role === "owner") await this.owner.use(() => undefined);
    await this.state.changeDevice({ ...device, ready: false });
    await this.wait({ way: device.role === "owner" ? "sheet" : "request", secret: null, activation: null });
  }

  /** Sign the activation of this device with the owner's key. */
  async sign(): Promise<void> {
    await this.owner.use(() => undefined);
    await this.check();
  }

  /** Check whether this device has become a till; concurrent calls share one check. */
  check(): Promise<void> {
    this.checking ??= this.checkNow().finally(() => (this.checking = null));
    return this.checking;
  }

  /** Cancel the enrolment. */
  async giveUp(): Promise<void> {
    const { device } = this.state.view;
    if (!device?.ready) await this.state.changeDevice(null);
    else if (device.role === "till") await this.state.changeDevice({ ...device, owner: null });
    await this.setEnrolment(null);
  }

  private async checkNow(): Promise<void> {
    const { enrolment } = this.state.view.office;
    if (enrolment === null) return;
    if (enrolment.way === "request") return this.checkAsTill();
    await this.signActivation();
    if (enrolment.secret !== null) await this.send(enrolment.secret);
    if (this.state.view.office.enrolment !== null) await this.checkAsOwner();
  }

  // --- the owner's device

  /** Store the keys, before anything is sent; a device that is a till of this shop keeps its till key. */
  private async becomeOwner(shop: number, owner: OwnerKey): Promise<void> {
    const { state } = this;
    const { device } = state.view;
    if (device) return state.changeDevice({ ...device, owner });
    const till = generateKey();
    await state.changeDevice({
      shop,
      name: "",
      role: "owner",
      till: addressOf(till),
      tillName: "",
      keys: await state.vault.seal(till),
      owner,
      ready: false,
    });
    till.fill(0);
  }

  private async send(sealed: NonNullable<Enrolment["secret"]>): Promise<void> {
    const { state } = this;
    const device = state.view.device!;
    const secret = toHex(await state.vault.unseal(sealed));
    try {
      const { name, tills } = await this.server.enrol({ shop: device.shop, secret, owner: device.owner!.address });
      await state.changeDevice({ ...device, name });
      const enrolment = state.view.office.enrolment!;
      const activation = enrolment.activation && { ...enrolment.activation, name: numbered(tills + 1) };
      await this.setEnrolment({ ...enrolment, secret: null, activation });
    } catch (error) {
      if (error instanceof Refused && error.final) await this.giveUp();
      throw error;
    }
  }

  /** Signed in with the till's key, so that no PIN is needed while it waits. */
  private async checkAsOwner(): Promise<void> {
    const { state } = this;
    let shop = await this.shop();
    if (shop === null && (await this.activate())) shop = await this.shop();
    if (shop === null) return;
    const device = state.view.device!;
    if (shop.owner !== device.owner!.address) {
      if (state.view.office.enrolment!.way === "sheet") await this.refuseSheet();
      return; // officials have yet to decide
    }
    if (!shop.admitted) return;
    const tillName = await this.ownName();
    await this.finish({ ...device, name: shop.name, tillName, role: "owner" });
  }

  /** Null while this device is not a till of its shop. */
  private async shop(): Promise<ShopFacts | null> {
    try {
      return await this.server.shop();
    } catch (error) {
      if (isNotMine(error)) return null;
      throw error;
    }
  }

  /** @returns whether this device was made a till */
  private async activate(): Promise<boolean> {
    const body = this.state.view.office.enrolment!.activation;
    if (body === null) return false;
    try {
      return await this.server.changeTill(body);
    } catch (error) {
      if (!(error instanceof Refused && error.final)) throw error;
      const enrolment = this.state.view.office.enrolment!;
      if (error.code === "nonce_too_old") await this.setEnrolment({ ...enrolment, activation: null });
      else if (enrolment.way === "sheet") await this.refuseSheet();
      return false; // officials have yet to decide, or the owner has to sign again
    }
  }

  /** Sign the activation once, while the owner's key is unlocked, so that no PIN is needed later. */
  private async signActivation(): Promise<void> {
    const { state } = this;
    const device = state.view.device!;
    if (device.ready || this.owner.locked || state.view.office.enrolment!.activation !== null) return;
    await this.refreshLedger();
    const domain = state.view.facts.ledger!;
    const change = activation({ shop: device.shop, till: device.till, nonce: state.view.now });
    const sign = (key: Key): `0x${string}` => toHex(signMessage("TillChange", change, domain, key));
    const name = this.nameFor(device, await this.server.tillsOfOwner());
    const signature = await this.owner.use(sign);
    const tillSignature = await withTillKey(state.vault, device, sign);
    const signed = { ...change, signature, tillSignature, name, rights: { refunds: true, books: true } };
    await this.setEnrolment({ ...state.view.office.enrolment!, activation: signed });
  }

  /** The till's name before it was blocked, or the next number. */
  private nameFor(device: Device, tills: readonly TillName[]): string {
    return tills.find(({ till }) => till === device.till)?.name || numbered(tills.length + 1);
  }

  private async refuseSheet(): Promise<never> {
    await this.giveUp();
    throw new ShopTrouble("sheet_old");
  }

  // --- another till

  private async checkAsTill(): Promise<void> {
    await this.renewRequest();
    const shop = await this.shop();
    if (shop === null) return; // the owner has not signed yet
    const tillName = await this.ownName();
    await this.finish({ ...this.state.view.device!, name: shop.name, tillName });
  }

  private async renewRequest(): Promise<void> {
    const { state } = this;
    const age = Math.abs(state.view.now - this.requestedAt);
    if (state.view.office.request !== "" && age < REQUEST_SECONDS) return;
    await this.refreshLedger();
    const { now, facts, device } = state.view;
    const made = await withTillKey(state.vault, device!, (key) =>
      makeTillRequest(device!.shop, now, facts.ledger!, key),
    );
    this.requestedAt = now;
    state.changeOffice({ request: tillRequestText(made) });
  }

  // --- both

  private async wait(enrolment: Enrolment): Promise<void> {
    void navigator.storage?.persist?.().catch(() => false);
    await this.setEnrolment(enrolment);
    this.state.restart("waiting");
  }

  private async ownName(): Promise<string> {
    const tills = await this.server.tills();
    return tills.find(({ till }) => till === this.state.view.device!.till)?.name ?? "";
  }

  private async finish(device: Device): Promise<void> {
    await this.state.changeDevice({ ...device, ready: true });
    await this.setEnrolment(null);
    this.state.restart("enrolled");
  }

  private async setEnrolment(enrolment: Enrolment | null): Promise<void> {
    const { state } = this;
    const { device } = state.view;
    if (enrolment) await state.store.put("enrolment", enrolment);
    else await state.store.remove("enrolment");
    const owner = enrolment?.way === "invitation" ? device?.owner : null;
    const code = owner ? ownerCode(device!.shop, owner.address) : "";
    this.requestedAt = 0;
    state.changeOffice({ enrolment, ownerCode: code, request: "" });
  }
}

function numbered(number: number): string {
  return `Kassa ${number}`;
}
