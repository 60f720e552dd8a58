/** The shop's bank account, with a check against rollback to an older one than this till has seen or signed. */

import { Refused } from "web_shared/api/problems";
import { toHex } from "web_shared/protocol/bytes";
import { signMessage } from "web_shared/protocol/messages";
import type { Owner } from "../owner";
import type { State } from "../state";
import { ShopTrouble } from "../trouble";
import type { OfficeServer } from "./server";
import type { ShownAccount } from "./view";

const KEPT = "account";

/** The nonce of the newest account that this till has seen or signed; stored as "account". */
interface Known {
  shop: number;
  nonce: number;
}

export class Account {
  constructor(
    private readonly state: State,
    private readonly server: OfficeServer,
    private readonly owner: Owner,
    private readonly refreshLedger: () => Promise<void>,
  ) {}

  async load(): Promise<void> {
    await this.compare(await this.server.account());
  }

  /** Sign a bank account as the owner; `iban` and `holder` in their canonical form. */
  async change(iban: string, holder: string): Promise<void> {
    await this.refreshLedger();
    const { view } = this.state;
    const device = view.device!;
    const newest = Math.max(await this.known(), view.office.account?.nonce ?? 0);
    const message = { shop: device.shop, iban, holder, nonce: Math.max(view.now, newest + 1) };
    const signature = await this.owner.use((key) =>
      toHex(signMessage("BankAccount", message, view.facts.ledger!, key)),
    );
    try {
      await this.compare(await this.server.setAccount({ ...message, signature }));
    } catch (error) {
      throw error instanceof Refused && error.code === "not_the_owner" ? new ShopTrouble("not_owner") : error;
    }
  }

  /** Detect a rollback: whoever can write the server's database can restore an older account, with a lower nonce. */
  private async compare(account: ShownAccount | null): Promise<void> {
    const known = await this.known();
    const nonce = account?.nonce ?? 0;
    const kept: Known = { shop: this.state.view.device!.shop, nonce };
    if (nonce > known) await this.state.store.put(KEPT, kept);
    this.state.changeOffice({ account, accountOlder: nonce < known });
  }

  private async known(): Promise<number> {
    const kept = await this.state.store.get<Known>(KEPT);
    return kept?.shop === this.state.view.device!.shop ? kept.nonce : 0;
  }
}
