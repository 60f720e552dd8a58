/** The requests for reading and moving a letter. Only a move tells anything of it. */

import { Api, type FileAnswer } from "../api/client";
import { mapErrors } from "../api/map_errors";
import { clockOffset } from "../device/clock";
import type { Hex } from "../protocol/bytes";
import { MAX_FILE_BYTES } from "../protocol/issued";
import type { Domain, Move } from "../protocol/messages";
import { periodName } from "../protocol/periods";

export interface Scheme {
  id: number;
  name: string;
  opens: number;
  closes: number;
  paused: boolean;
  closed: boolean;
  /** The municipality's text for parents, or empty. */
  text: string;
}

export class LetterServer {
  protected readonly api = new Api();

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

  /** @throws Refused when the rules refused it */
  async move(move: Move, signatures: Hex[]): Promise<"settled" | "pending"> {
    const { from, to, ...others } = move;
    const body = { ...others, from: [...from], to: [...to], signatures };
    const { status } = await mapErrors(this.api.post("/moves", body));
    return status === "settled" ? "settled" : "pending";
  }
}
