/**
 * Reads letters, and the codes of cards, from the files that everybody gets. Secrets and keys are wiped when the coupons
 * were read; nothing is stored.
 */

import type { Address } from "web_shared/protocol/bytes";
import { CARD_PREFIX, CodeUnreadable, readCard } from "web_shared/protocol/codes";
import { readIssued } from "web_shared/protocol/issued";
import { readLetter } from "web_shared/protocol/letters";
import { addressOf } from "web_shared/protocol/signatures";
import { findTypingError, LETTER, Mistyped } from "web_shared/protocol/typed";
import { type Opened, openLetter, readChanges, type Source } from "../src/core/letters";
import { type Coupon, type Letter, type Scheme, type Shop, startOf, unused } from "../src/core/model";
import type { Server } from "../src/core/server";
import { ParentTrouble } from "../src/core/trouble";

/** The codes of a card are read from the same files when they are scanned within this time. */
const SAME_FILES_MS = 60_000;
const LETTER_PREFIX = "#KL1.";

/** What was read of a letter or of some codes of a card. */
export interface Paper {
  kind: "letter" | "card";
  scheme: Scheme;
  shops: readonly Shop[];
  coupons: readonly Coupon[];
  past: Letter["past"];
  /** Milliseconds by the device's clock. */
  readAt: number;
}

/** A text that is no letter and no code of a card. */
export class NotPaper extends Error {
  override readonly name = "NotPaper";
}

export class PaperReader {
  private files = new Map<string, Promise<unknown>>();
  private filesAt = -Infinity;

  constructor(private readonly server: Pick<Server, "scheme" | "coupons" | "month" | "day" | "shops">) {}

  /**
   * Read what was scanned or typed. A code of a card is added to those of the same scheme that were read before.
   *
   * @param before what is shown
   * @throws NotPaper, Mistyped
   * @throws ParentTrouble `letter_unknown` (also of a card), `letter_empty`, or those of the server
   */
  async read(text: string, before: Paper | null): Promise<Paper> {
    if (performance.now() - this.filesAt > SAME_FILES_MS) this.forget();
    const card = text.toUpperCase().indexOf(CARD_PREFIX);
    if (card >= 0) return this.readCard(text.toUpperCase().slice(card).replace(/[\r\n]+$/, ""), before);
    return this.readLetter(lettersIn(text));
  }

  /** Forget the files. */
  forget(): void {
    this.files.clear();
    this.filesAt = performance.now();
  }

  private async readLetter(typed: string): Promise<Paper> {
    const problem = findTypingError(typed, LETTER);
    if (problem) throw new Mistyped(problem);
    const secret = readLetter(typed);
    try {
      const opened = await openLetter(this.source, secret);
      if (opened.coupons.length === 0) throw new ParentTrouble("letter_empty");
      return await this.paper("letter", opened);
    } finally {
      secret.secret.fill(0);
    }
  }

  private async readCard(text: string, before: Paper | null): Promise<Paper> {
    const { scheme: id, key } = parseCard(text);
    const known = before?.kind === "card" && before.scheme.id === id ? before : null;
    const address = addressOf(key);
    try {
      const opened = await this.openCard(id, key, address);
      const paper = await this.paper("card", opened);
      const others = known?.coupons.filter((coupon) => coupon.address !== address) ?? [];
      return { ...paper, coupons: [...others, ...paper.coupons] };
    } finally {
      key.fill(0);
    }
  }

  private async openCard(id: number, key: Uint8Array, address: Address): Promise<Opened> {
    const [scheme, file] = await Promise.all([this.source.scheme(id), this.source.coupons(id)]);
    const issued = readIssued(file, id);
    const value = issued.valueOf(address);
    if (value === null) throw new ParentTrouble("letter_unknown");
    const coupons = [unused(address, 0, 0, value)];
    const found = { scheme, coupons, keys: [key], past: [], position: startOf(issued.firstDay) };
    return readChanges(this.source, found, () => null);
  }

  private async paper(kind: Paper["kind"], { scheme, coupons, keys, past }: Opened): Promise<Paper> {
    keys.forEach((key) => key.fill(0));
    const shops = await this.once(`shops ${scheme.id}`, () => this.server.shops(scheme.id));
    return { kind, scheme, shops, coupons, past, readAt: Date.now() };
  }

  private get source(): Source {
    const { server } = this;
    return {
      scheme: (id) => this.once(`scheme ${id}`, () => server.scheme(id)),
      coupons: (id) => this.once(`coupons ${id}`, () => server.coupons(id)),
      month: (id, month) => this.once(`month ${id} ${month}`, () => server.month(id, month)),
      day: (id, day, from) => this.once(`day ${id} ${day} ${from}`, () => server.day(id, day, from)),
    };
  }

  private once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const asked = (this.files.get(name) as Promise<T> | undefined) ?? ask();
    this.files.set(name, asked);
    asked.catch(() => this.files.delete(name));
    return asked;
  }
}

/** The characters of a letter in a link or a typed text. */
function lettersIn(text: string): string {
  const at = text.toUpperCase().indexOf(LETTER_PREFIX);
  if (at >= 0) return text.slice(at + LETTER_PREFIX.length).trim();
  if (/[:/?&=]/.test(text)) throw new NotPaper("neither a letter nor a code of a card");
  return text;
}

function parseCard(text: string): ReturnType<typeof readCard> {
  try {
    return readCard(text);
  } catch (error) {
    throw error instanceof CodeUnreadable ? new NotPaper("a damaged code of a card") : error;
  }
}
