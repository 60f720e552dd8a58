/** The app's requests to the server. Only a move contains coupon addresses. */

import { mapErrors } from "web_shared/api/map_errors";
import { Api } from "web_shared/api/client";
import type { Address, Hex } from "web_shared/protocol/bytes";
import type { Domain, Move } from "web_shared/protocol/messages";
import { fetchHelp, type Help } from "web_shared/help";
import { clockOffset } from "web_shared/device/clock";
import type { Category } from "web_shared/categories";
import type { Scheme, Shop } from "./model";

export interface BucketCoupon {
  address: Address;
  value: number;
  state: string | null;
}

export interface Bucket {
  block: number;
  coupons: BucketCoupon[];
}

export class Server {
  private readonly api = new Api();

  async ledger(): Promise<{ domain: Domain; clockOffset: number }> {
    const asked = Date.now();
    const { domain, time } = await mapErrors(this.api.get("/ledger", {}));
    return { domain, clockOffset: clockOffset(time, asked, Date.now()) };
  }

  async scheme(scheme: number): Promise<Scheme> {
    const path = { scheme };
    const { id, name, opens, closes, paused, closed, couponPrefixLength, parentText } = await mapErrors(
      this.api.get("/schemes/{scheme}", { path }),
    );
    const times = { opens: Date.parse(opens) / 1000, closes: Date.parse(closes) / 1000 };
    return { id, name, paused, closed, ...times, prefixLength: couponPrefixLength, text: parentText };
  }

  bucket(scheme: number, prefix: string, since?: number): Promise<Bucket> {
    const path = { scheme, prefix: prefix || "-" };
    const query = since === undefined ? {} : { since };
    const asked = this.api.get("/schemes/{scheme}/coupons/{prefix}", { path, query });
    return mapErrors(asked) as Promise<Bucket>;
  }

  async shops(scheme: number): Promise<Shop[]> {
    const shops = await mapErrors(this.api.get("/shops", { query: { scheme } }));
    return shops.map((shop) => ({ ...shop, permitted: shop.permitted === true }));
  }

  async categories(): Promise<Category[]> {
    const found = await mapErrors(this.api.get("/categories", {}));
    return found.map(({ name, dutch, translations }) => ({ name, dutch, translations }));
  }

  help(): Promise<Help> {
    return fetchHelp(this.api);
  }

  /** @throws Refused when the rules refused it */
  async move(move: Move, signatures: Hex[]): Promise<"settled" | "pending"> {
    const { from, to, ...others } = move;
    const body = { ...others, from: [...from], to: [...to], signatures };
    const { status } = await mapErrors(this.api.post("/moves", body));
    return status === "settled" ? "settled" : "pending";
  }
}
