/** A till's requests for selling, which need no session. */

import { mapErrors } from "web_shared/api/map_errors";
import { Api, type Schemas } from "web_shared/api/client";
import { clockOffset } from "web_shared/device/clock";
import type { Hash } from "web_shared/protocol/bytes";
import type { Domain } from "web_shared/protocol/messages";
import type { Category } from "web_shared/categories";
import type { Scheme } from "./model";

export class Server {
  readonly api = new Api();

  async ledger(): Promise<{ domain: Domain; clockOffset: number }> {
    const asked = Date.now();
    const { domain, time } = await mapErrors(this.api.get("/ledger", {}));
    return { domain, clockOffset: clockOffset(time, asked, Date.now()) };
  }

  /** Fetch the ledger's clock, in unix seconds. */
  async time(): Promise<number> {
    return Math.floor(Date.parse((await this.api.get("/ledger", {})).time) / 1000);
  }

  async schemes(): Promise<Scheme[]> {
    const found = await mapErrors(this.api.get("/schemes", {}));
    return found.map(({ id, name, opens, closes, paused, closed, permitted, excluded, shopText: text }) => {
      const times = { opens: Date.parse(opens) / 1000, closes: Date.parse(closes) / 1000 };
      return { id, name, paused, closed, permitted, excluded, text, ...times };
    });
  }

  async categories(): Promise<Category[]> {
    const found = await mapErrors(this.api.get("/categories", {}));
    return found.map(({ name, dutch, translations }) => ({ name, dutch, translations }));
  }

  /** @throws Refused; Unreachable, upon which the outcome is unknown */
  pay(body: Schemas["PaymentRequest"]): Promise<Schemas["PaymentAnswer"]> {
    return this.api.post("/payments", body);
  }

  /** @throws Refused, with status 404 when there is no such payment; Unreachable */
  payment(id: Hash): Promise<Schemas["PaymentAnswer"]> {
    return this.api.get("/payments/{payment}", { path: { payment: id } });
  }

  /** @throws Refused; Unreachable, upon which the outcome is unknown */
  refund(body: Schemas["RefundRequest"]): Promise<Schemas["RefundAnswer"]> {
    return this.api.post("/refunds", body);
  }
}
