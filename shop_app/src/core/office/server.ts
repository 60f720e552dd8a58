/** The office's requests to the server: signed in as this till, or as the owner where that is required. */

import { mapErrors } from "web_shared/api/map_errors";
import { Api, type Body } from "web_shared/api/client";
import { Refused } from "web_shared/api/problems";
import { Session } from "web_shared/api/session";
import type { Address } from "web_shared/protocol/bytes";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { withTillKey } from "../keys";
import type { Device } from "../model";
import type { Owner } from "../owner";
import type { State } from "../state";
import type { Payment, Payout, TillName } from "./books";
import { wholeList } from "./paging";
import type { ListedShop, ShopFacts, ShownAccount, TillSettings } from "./view";

/** Whether an error means that the session's key may not read this shop, or that the shop is not on the ledger. */
export function isNotMine(error: unknown): boolean {
  return error instanceof Refused && [403, 404].includes(error.problem.status) && error.code !== "books_not_allowed";
}

export class OfficeServer {
  private readonly api = new Api();
  private opened: { keys: Device["keys"]; session: Session } | null = null;

  constructor(
    private readonly state: State,
    private readonly owner: Owner,
  ) {}

  async shop(): Promise<ShopFacts> {
    const found = await mapErrors(this.session().get("/shops/{shop}", this.path()));
    return { ...found, owner: found.owner as Address };
  }

  tills(session: Session = this.session()): Promise<TillName[]> {
    return wholeList(async (last) => {
      const query = { after: last?.till ?? null };
      return (await mapErrors(session.get("/shops/{shop}/tills", { ...this.path(), query }))) as TillName[];
    });
  }

  /** The shop's tills, for a device that is not a till yet; empty when its owner is not on the ledger. */
  async tillsOfOwner(): Promise<TillName[]> {
    try {
      return await this.tills(this.ownerSession());
    } catch (error) {
      if (isNotMine(error)) return [];
      throw error;
    }
  }

  /** Whether this is the key of the shop's owner on the ledger. */
  async isOwner(shop: number, key: Key): Promise<boolean> {
    const session = new Session(this.api, async (work) => work(key));
    try {
      return (await mapErrors(session.get("/shops/{shop}", { path: { shop } }))).owner === addressOf(key);
    } catch (error) {
      if (isNotMine(error)) return false;
      throw error;
    }
  }

  /** @param from @param until days, both included */
  payments(from: string, until: string): Promise<Payment[]> {
    return wholeList(async (last) => {
      const query = { from, until, before: last?.id ?? null };
      return (await mapErrors(this.session().get("/shops/{shop}/payments", { ...this.path(), query }))) as Payment[];
    });
  }

  /** The payments with a proof code that this till may see; a proof code is short, so there may be more than one. */
  paymentsWith(proof: string): Promise<Payment[]> {
    const asked = this.session().get("/shops/{shop}/payments", { ...this.path(), query: { proof } });
    return mapErrors(asked) as Promise<Payment[]>;
  }

  payouts(): Promise<Payout[]> {
    return wholeList((last) => {
      const query = { before: last?.batch ?? null };
      return mapErrors(this.session().get("/shops/{shop}/payouts", { ...this.path(), query }));
    });
  }

  account(): Promise<ShownAccount | null> {
    return mapErrors(this.session().get("/shops/{shop}/bank-account", this.path()));
  }

  /** @throws Refused `iban_invalid`, `holder_invalid`, `not_the_owner`, `nonce_too_old` */
  setAccount(body: Body<"/bank-accounts">): Promise<ShownAccount> {
    return mapErrors(this.api.post("/bank-accounts", body));
  }

  async shops(): Promise<ListedShop[]> {
    const found = await mapErrors(this.api.get("/shops", {}));
    return found.map(({ id, name, address }) => ({ id, name, address }));
  }

  /** @throws Refused `invitation_unknown`, `invitation_expired` or `invitation_used` */
  enrol(body: Body<"/enrolments">): Promise<{ name: string; tills: number }> {
    return mapErrors(this.api.post("/enrolments", body));
  }

  /** @returns whether it is on the ledger; otherwise send it again */
  async changeTill(body: Body<"/tills">): Promise<boolean> {
    return (await mapErrors(this.api.post("/tills", body))).status === "settled";
  }

  private path(): { path: { shop: number } } {
    return { path: { shop: this.state.view.device!.shop } };
  }

  /** Set the name and rights of a till, as the owner. */
  async setTill(till: Address, body: TillSettings): Promise<void> {
    const path = { path: { ...this.path().path, till } };
    await mapErrors(this.ownerSession().post("/shops/{shop}/tills/{till}", path, body));
  }

  /** The session of the till's key; a new one when the key has changed. */
  private session(): Session {
    const { vault, view } = this.state;
    const device = view.device!;
    if (this.opened?.keys !== device.keys) {
      const session = new Session(this.api, (work) => withTillKey(vault, device, work));
      this.opened = { keys: device.keys, session };
    }
    return this.opened.session;
  }

  /** Not cached: the session would outlast the unlocked time of the owner's key. */
  private ownerSession(): Session {
    return new Session(this.api, (work) => this.owner.use(work));
  }
}
