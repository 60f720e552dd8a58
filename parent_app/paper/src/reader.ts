/**
 * Reads letters, and the codes of cards, from the files that everybody gets. Secrets and keys are wiped when the coupons
 * were read; nothing is stored.
 */

import { type Coupon, type Read, startOf, unused } from "web_shared/letter/coupons";
import { type Opened, openLetter, readChanges, type Source } from "web_shared/letter/opening";
import type { Scheme } from "web_shared/letter/server";
import type { Address } from "web_shared/protocol/bytes";
import { CARD_PREFIX, CodeUnreadable, readCard } from "web_shared/protocol/codes";
import { readIssued } from "web_shared/protocol/issued";
import { readLetter } from "web_shared/protocol/letters";
import { addressOf } from "web_shared/protocol/signatures";
import { findTypingError, LETTER, Mistyped } from "web_shared/protocol/typed";
import type { Shop } from "../../src/core/model";
import type { Server } from "../../src/core/server";
import { ParentTrouble } from "../../src/core/trouble";

/** The codes of a card are read from the same files when they are scanned within this time. */
const SAME_FILES_MS = 60_000;
/** A code of a card that follows later than this after the one before begins anew: it may be another holder's. */
const SAME_CARD_MS = 60_000;
const LETTER_PREFIX = "#KL1.";

/** What was read of a letter or of some codes of a card. */
export interface Paper {
  kind: "letter" | "card";
  scheme: Scheme;
  shops: readonly Shop[];
  coupons: readonly Coupon[];
  past: Read["past"];
  /** When the first of its codes was read, in milliseconds by the device's clock. */
  firstAt: number;
  /** When the last of them was read. */
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
   * Read what was scanned or typed. A code of a card is added to those of the same scheme that were read just before.
   * What is asked of the server follows from the scheme and the time alone, also when the paper is refused.
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
    const shops = this.shops(secret.scheme);
    try {
      const paper = await makePaper("letter", await openLetter(this.source, secret), shops);
      if (paper.coupons.length === 0) throw new ParentTrouble("letter_empty");
      return paper;
    } finally {
      secret.secret.fill(0);
    }
  }

  private async readCard(text: string, before: Paper | null): Promise<Paper> {
    const { scheme: id, key } = parseCard(text);
    const known = before && isOfSameCard(before, id) ? before : null;
    const shops = this.shops(id);
    const address = addressOf(key);
    try {
      const paper = await makePaper("card", await this.openCard(id, key, address), shops);
      if (paper.coupons.length === 0) throw new ParentTrouble("letter_unknown");
      const others = known?.coupons.filter((coupon) => coupon.address !== address) ?? [];
      return { ...paper, coupons: [...others, ...paper.coupons], firstAt: known?.firstAt ?? paper.firstAt };
    } finally {
      key.fill(0);
    }
  }

  /** No coupon when it was not issued. */
  private async openCard(id: number, key: Uint8Array, address: Address): Promise<Opened> {
    const [scheme, file] = await Promise.all([this.source.scheme(id), this.source.coupons(id)]);
    const issued = readIssued(file, id);
    const value = issued.valueOf(address);
    const own = value === null ? { coupons: [], keys: [] } : { coupons: [unused(address, 0, 0, value)], keys: [key] };
    return readChanges(this.source, { scheme, ...own, past: [], position: startOf(issued.firstDay) }, () => null);
  }

  private shops(scheme: number): Promise<Shop[]> {
    return this.once(`shops ${scheme}`, () => this.server.shops(scheme));
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

function isOfSameCard({ kind, scheme, readAt }: Paper, id: number): boolean {
  return kind === "card" && scheme.id === id && Date.now() - readAt <= SAME_CARD_MS;
}

/** Wipes the keys, also when the shops are not to be had. */
async function makePaper(kind: Paper["kind"], opened: Opened, asked: Promise<readonly Shop[]>): Promise<Paper> {
  const { scheme, coupons, keys, past } = opened;
  keys.forEach((key) => key.fill(0));
  const shops = await asked;
  const now = Date.now();
  return { kind, scheme, shops, coupons, past, firstAt: now, readAt: now };
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
