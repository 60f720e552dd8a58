/** What the office asks of the server: signed in as the owner or as this till. */

import { answered } from "web_shared/api/answered";
import { Api, type Body } from "web_shared/api/client";
import { Refused } from "web_shared/api/problems";
import { Session } from "web_shared/api/session";
import type { Address } from "web_shared/protocol/bytes";
import { withOwnerKey, withTillKey } from "../keys";
import type { Device } from "../model";
import type { State } from "../state";
import type { Payment, Payout, TillName } from "./books";
import type { ListedShop, ShopFacts, ShownAccount } from "./view";

export type Who = "owner" | "till";

/** The session's key may not read this shop, or the ledger does not know the shop. */
export function isNotMine(error: unknown): boolean {
  return error instanceof Refused && [403, 404].includes(error.problem.status);
}

export class OfficeServer {
  private readonly api = new Api();
  private sessions: { keys: Device["keys"]; owner: Session; till: Session } | null = null;

  constructor(private readonly state: State) {}

  async shop(who: Who): Promise<ShopFacts> {
    const found = await answered(this.session(who).get("/shops/{shop}", this.path()));
    return { ...found, owner: found.owner as Address };
  }

  tills(who: Who): Promise<TillName[]> {
    return answered(this.session(who).get("/shops/{shop}/tills", this.path())) as Promise<TillName[]>;
  }

  /** @param from @param until days, both included */
  payments(from: string, until: string): Promise<Payment[]> {
    const asked = this.session("till").get("/shops/{shop}/payments", { ...this.path(), query: { from, until } });
    return answered(asked) as Promise<Payment[]>;
  }

  payouts(): Promise<Payout[]> {
    return answered(this.session("till").get("/shops/{shop}/payouts", this.path()));
  }

  account(): Promise<ShownAccount | null> {
    return answered(this.session("till").get("/shops/{shop}/bank-account", this.path()));
  }

  /** @throws Refused `iban_invalid`, `holder_invalid`, `not_the_owner`, `nonce_too_old` */
  setAccount(body: Body<"/bank-accounts">): Promise<ShownAccount> {
    return answered(this.api.post("/bank-accounts", body));
  }

  async shops(): Promise<ListedShop[]> {
    const found = await answered(this.api.get("/shops", {}));
    return found.map(({ id, name, address }) => ({ id, name, address }));
  }

  /** @throws Refused `invitation_unknown`, `invitation_expired` or `invitation_used` */
  enrol(body: Body<"/enrolments">): Promise<{ name: string }> {
    return answered(this.api.post("/enrolments", body));
  }

  /** @returns whether it is settled; otherwise send it again */
  async changeTill(body: Body<"/tills">): Promise<boolean> {
    return (await answered(this.api.post("/tills", body))).status === "settled";
  }

  private path(): { path: { shop: number } } {
    return { path: { shop: this.state.view.device!.shop } };
  }

  /** A session is its keys'; other keys get another one. */
  private session(who: Who): Session {
    const { vault, view } = this.state;
    const device = view.device!;
    if (this.sessions?.keys !== device.keys) {
      this.sessions = {
        keys: device.keys,
        owner: new Session(this.api, (work) => withOwnerKey(vault, device, work)),
        till: new Session(this.api, (work) => withTillKey(vault, device, work)),
      };
    }
    return this.sessions[who];
  }
}
