/** How this device becomes a till: by an invitation, by a recovery sheet, or asking the owner. */

import { Refused } from "web_shared/api/problems";
import type { Address } from "web_shared/protocol/bytes";
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
import { addressOf, drawKey, type Key } from "web_shared/protocol/signatures";
import { sealKeys, withOwnerKey, withTillKey } from "../keys";
import type { Device } from "../model";
import type { State } from "../state";
import { ShopTrouble } from "../trouble";
import type { TillName } from "./books";
import { isNotMine, type OfficeServer } from "./server";
import type { Enrolment, ShopFacts } from "./view";

/** A till request is made anew so often, so that the owner scans one that is newer than any other change. */
const REQUEST_SECONDS = 60;

export class Enrolling {
  private requestedAt = 0;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly state: State,
    private readonly server: OfficeServer,
    private readonly refreshLedger: () => Promise<void>,
  ) {}

  /** Go on where this device was when it was closed. */
  async resume(): Promise<void> {
    const enrolment = (await this.state.store.get<Enrolment>("enrolment")) ?? null;
    await this.setEnrolment(enrolment);
  }

  async accept({ shop, secret }: Invitation): Promise<void> {
    await this.becomeOwner(shop, null, { way: "invitation", secret: await this.state.vault.seal(secret) });
  }

  async restore({ shop, key }: Recovery): Promise<void> {
    await this.becomeOwner(shop, key, { way: "sheet", secret: null });
    key.fill(0);
  }

  /** Ask to be another till of this shop. */
  async ask(shop: number, name: string): Promise<void> {
    const { state } = this;
    const till = drawKey();
    await state.changeDevice({
      shop,
      name,
      role: "till",
      till: addressOf(till),
      tillName: "",
      keys: await sealKeys(state.vault, till),
      ready: false,
    });
    till.fill(0);
    await this.wait({ way: "request", secret: null });
  }

  /** After it was blocked: the owner's device signs for itself, another one shows its QR again. */
  async askAgain(): Promise<void> {
    const device = this.state.view.device!;
    await this.state.changeDevice({ ...device, ready: false });
    await this.wait({ way: device.role === "owner" ? "sheet" : "request", secret: null });
  }

  /** See whether this device may be a till by now; who looks meanwhile looks along. */
  look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = null));
    return this.looking;
  }

  /** Be no till of that shop after all. */
  async giveUp(): Promise<void> {
    if (!this.state.view.device?.ready) await this.state.changeDevice(null);
    await this.setEnrolment(null);
  }

  private async lookNow(): Promise<void> {
    const { enrolment } = this.state.view.office;
    if (enrolment === null) return;
    if (enrolment.way === "request") return this.lookAsTill();
    if (enrolment.secret !== null) await this.send(enrolment.secret);
    if (this.state.view.office.enrolment !== null) await this.lookAsOwner();
  }

  // --- the owner's device

  /** Its keys are kept before anything is sent; a till of this shop stays that till. */
  private async becomeOwner(shop: number, given: Key | null, enrolment: Enrolment): Promise<void> {
    const { state } = this;
    const { vault } = state;
    const known = state.view.device;
    const till = known ? await withTillKey(vault, known, (key) => key.slice()) : drawKey();
    const owner = given ?? (await this.ownKey(known)) ?? drawKey();
    await state.changeDevice({
      shop,
      name: known?.name ?? "",
      role: known?.role ?? "owner",
      till: addressOf(till),
      tillName: known?.tillName ?? "",
      keys: await sealKeys(vault, till, owner),
      ready: known?.ready ?? false,
    });
    till.fill(0);
    if (given === null) owner.fill(0);
    await this.wait(enrolment);
  }

  /** An invitation that is opened twice is answered by the same owner. */
  private async ownKey(device: Device | null): Promise<Key | null> {
    if (device === null) return null;
    return withOwnerKey(this.state.vault, device, (key) => key.slice()).catch(() => null);
  }

  private async send(sealed: NonNullable<Enrolment["secret"]>): Promise<void> {
    const { state } = this;
    const device = state.view.device!;
    const secret = toHex(await state.vault.unseal(sealed));
    try {
      const { name } = await this.server.enrol({ shop: device.shop, secret, owner: await this.owner(device) });
      await state.changeDevice({ ...device, name });
      await this.setEnrolment({ way: "invitation", secret: null });
    } catch (error) {
      if (error instanceof Refused && error.final) await this.giveUp();
      throw error;
    }
  }

  private async lookAsOwner(): Promise<void> {
    const { state, server } = this;
    const device = state.view.device!;
    let shop: ShopFacts;
    try {
      shop = await server.shop("owner");
    } catch (error) {
      if (!isNotMine(error)) throw error;
      if (state.view.office.enrolment!.way === "invitation") return; // officials have yet to decide
      await this.giveUp();
      throw new ShopTrouble("sheet_old");
    }
    if (shop.owner !== (await this.owner(device)) || !shop.admitted) return;
    const tills = await server.tills("owner");
    const own = tills.find(({ till, active }) => till === device.till && active);
    const tillName = own?.name || this.nameFor(device, tills);
    if (own || (await this.register(device, tillName))) {
      await this.finish({ ...device, name: shop.name, tillName, role: "owner" });
    }
  }

  /** As it was called before it was blocked, or the next number. */
  private nameFor(device: Device, tills: readonly TillName[]): string {
    return tills.find(({ till }) => till === device.till)?.name || `Kassa ${tills.length + 1}`;
  }

  private async register(device: Device, name: string): Promise<boolean> {
    const { state } = this;
    await this.refreshLedger();
    const domain = state.view.facts.ledger!;
    const change = activation({ shop: device.shop, till: device.till, nonce: state.view.now });
    const sign = (key: Key): `0x${string}` => toHex(signMessage("TillChange", change, domain, key));
    const signature = await withOwnerKey(state.vault, device, sign);
    const tillSignature = await withTillKey(state.vault, device, sign);
    return this.server.changeTill({ ...change, signature, tillSignature, name });
  }

  private owner(device: Device): Promise<Address> {
    return withOwnerKey(this.state.vault, device, addressOf);
  }

  // --- another till

  private async lookAsTill(): Promise<void> {
    const { state, server } = this;
    await this.renewRequest();
    const device = state.view.device!;
    try {
      const { name } = await server.shop("till");
      const tills = await server.tills("till");
      const tillName = tills.find(({ till }) => till === device.till)?.name ?? "";
      await this.finish({ ...device, name, tillName });
    } catch (error) {
      if (!isNotMine(error)) throw error; // otherwise the owner has not signed yet
    }
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
    const code = enrolment?.way === "invitation" && device ? ownerCode(device.shop, await this.owner(device)) : "";
    this.requestedAt = 0;
    state.changeOffice({ enrolment, ownerCode: code, request: "" });
  }
}
