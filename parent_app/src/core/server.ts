/** The app's requests to the server. Only a move tells anything of a letter. */

import { mapErrors } from "web_shared/api/map_errors";
import { Api, type FileAnswer } from "web_shared/api/client";
import type { Hex } from "web_shared/protocol/bytes";
import { MAX_FILE_BYTES } from "web_shared/protocol/issued";
import type { Domain, Move } from "web_shared/protocol/messages";
import { periodName } from "web_shared/protocol/periods";
import { fetchHelp, type Help } from "web_shared/help";
import { clockOffset } from "web_shared/device/clock";
import type { Category } from "web_shared/categories";
import type { Scheme, Shop } from "./model";

export class Server {
  private readonly api = new Api();

  async ledger(): Promise<{ domain: Domain; clockOffset: number }> {
    const asked = Date.now();
    const { domain, time } = await mapErrors(this.api.get("/ledger", {}));
    return { domain, clockOffset: clockOffset(time, asked, Date.now()) };
  }

  async scheme(scheme: number): Promise<Scheme> {
    const path = { scheme };
    const { id, name, opens, closes, paused, closed, parentText } = await mapErrors(
      this.api.get("/schemes/{scheme}", { path }),
    );
    const times = { opens: Date.parse(opens) / 1000, closes: Date.parse(closes) / 1000 };
    return { id, name, paused, closed, ...times, text: parentText };
  }

  /** The coupons file of a scheme. */
  async coupons(scheme: number): Promise<Uint8Array> {
    return (await mapErrors(this.api.file(`/schemes/${scheme}/coupons`, MAX_FILE_BYTES))).bytes;
  }

  async month(scheme: number, month: number): Promise<Uint8Array> {
    const name = periodName({ kind: "month", number: month });
    return (await mapErrors(this.api.file(`/schemes/${scheme}/months/${name}`, MAX_FILE_BYTES))).bytes;
  }

  /** What a day's file has from a position on. */
  day(scheme: number, day: number, from: number): Promise<FileAnswer> {
    const name = periodName({ kind: "day", number: day });
    return mapErrors(this.api.file(`/schemes/${scheme}/days/${name}`, MAX_FILE_BYTES, from));
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
