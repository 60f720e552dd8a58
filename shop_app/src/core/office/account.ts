/** Where the shop is paid: what the server shows, held against what this till saw or signed before. */

import { Refused } from "web_shared/api/problems";
import { toHex } from "web_shared/protocol/bytes";
import { signMessage } from "web_shared/protocol/messages";
import type { Owner } from "../owner";
import type { State } from "../state";
import { ShopTrouble } from "../trouble";
import type { OfficeServer } from "./server";
import type { ShownAccount } from "./view";

const KEPT = "account";

/** The newest account that this till knows of; kept under "account". */
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

  /** Sign as the owner where the shop is paid; both as the protocol writes them. */
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

  /** Who can write in the server's records can put an older account back: that has a lower nonce. */
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
