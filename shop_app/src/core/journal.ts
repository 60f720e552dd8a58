/**
 * A write-ahead journal of claims and refunds: they are stored before they are sent, and retried until they are answered.
 *
 * Several tabs may send the same entry, since claims and refunds are idempotent.
 */

import type { Store } from "web_shared/device/store";
import { Trouble } from "web_shared/device/trouble";
import type { Hash } from "web_shared/protocol/bytes";
import { answerToClaim, answerToRefund, isAnswer, type Unanswered } from "./answers";
import type { ClaimEntry, RefundEntry, Sale } from "./model";
import type { Server } from "./server";

const CLAIM = "claim:";
const REFUND = "refund:";
const SALE = "sale:";
const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;
const KEPT_SECONDS = 60 * 24 * 3600;

/** Callback for an answer, or for the reason why there is none. */
export type Told = (id: Hash, unanswered: Unanswered | null) => void;

export class Journal {
  private readonly busy = new Map<Hash, Promise<boolean>>();
  private wait = SHORTEST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly server: Server,
    private readonly now: () => number,
    private readonly told: Told,
  ) {}

  claims(): Promise<ClaimEntry[]> {
    return this.store.list<ClaimEntry>(CLAIM);
  }

  refunds(): Promise<RefundEntry[]> {
    return this.store.list<RefundEntry>(REFUND);
  }

  sales(): Promise<Sale[]> {
    return this.store.list<Sale>(SALE);
  }

  keepSale(sale: Sale): Promise<void> {
    return this.store.put(SALE + sale.id, sale);
  }

  async changeSale(id: string, change: Partial<Sale>): Promise<void> {
    await this.store.update<Sale>(SALE + id, (sale) => sale && { ...sale, ...change });
  }

  /** Store a claim durably, unless it is stored already; it may be sent only after that. */
  keepClaim(claim: ClaimEntry): Promise<void> {
    return this.keepOnce(CLAIM + claim.id, claim);
  }

  keepRefund(refund: RefundEntry): Promise<void> {
    return this.keepOnce(REFUND + refund.id, refund);
  }

  /** Send all open entries, and retry with exponential backoff until they are answered. */
  async send(): Promise<void> {
    clearTimeout(this.timer);
    const [claims, refunds, sales] = await Promise.all([this.claims(), this.refunds(), this.sales()]);
    const off = new Set(sales.filter(({ calledOff }) => calledOff !== null).map(({ id }) => id));
    const answered = await Promise.all([
      ...claims.filter(isOpen).map((claim) => this.sendClaim(claim, !off.has(claim.sale))),
      ...refunds.filter(isOpen).map((refund) => this.sendRefund(refund)),
    ]);
    if (answered.every(Boolean)) this.wait = SHORTEST_MS;
    else this.later();
  }

  /** Retry at once: the network is back, or the app is visible. */
  wake(): void {
    this.wait = SHORTEST_MS;
    void this.send();
  }

  /** Delete old entries that were answered; the ledger still has them. */
  async prune(): Promise<void> {
    const before = this.now() - KEPT_SECONDS;
    const old = ({ madeAt }: { madeAt: number }): boolean => madeAt < before;
    const [claims, refunds, sales] = await Promise.all([this.claims(), this.refunds(), this.sales()]);
    const keys = [
      ...claims.filter((each) => old(each) && !isOpen(each)).map(({ id }) => CLAIM + id),
      ...refunds.filter((each) => old(each) && !isOpen(each)).map(({ id }) => REFUND + id),
      ...sales.filter((each) => old(each) && each.closed).map(({ id }) => SALE + id),
    ];
    for (const key of keys) await this.store.remove(key);
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), this.wait);
    this.wait = Math.min(2 * this.wait, LONGEST_MS);
  }

  private sendClaim(claim: ClaimEntry, wanted: boolean): Promise<boolean> {
    return this.sendOnce(CLAIM, claim, () => answerToClaim(this.server, claim, this.now(), wanted));
  }

  private sendRefund(refund: RefundEntry): Promise<boolean> {
    return this.sendOnce(REFUND, refund, () => answerToRefund(this.server, refund));
  }

  /** Send an entry, with at most one request for it at a time. */
  private sendOnce<Entry extends { id: Hash; state: string; body: unknown }>(
    prefix: string,
    { id }: Entry,
    asked: () => Promise<Partial<Entry> | Unanswered>,
  ): Promise<boolean> {
    const sending = this.busy.get(id) ?? this.keepAnswer(prefix + id, id, asked).finally(() => this.busy.delete(id));
    this.busy.set(id, sending);
    return sending;
  }

  /** @returns whether it is answered and the answer is stored */
  private async keepAnswer<Entry extends { state: string; body: unknown }>(
    key: string,
    id: Hash,
    asked: () => Promise<Partial<Entry> | Unanswered>,
  ): Promise<boolean> {
    let result: Partial<Entry> | Unanswered = await asked();
    if (isAnswer<Entry>(result)) {
      const answer = result;
      try {
        // The first answer is kept, also when another tab stored it.
        await this.store.update<Entry>(key, (entry) => (entry?.state === "open" ? { ...entry, ...answer, body: null } : undefined));
        this.told(id, null);
        return true;
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        result = "unknown"; // the storage is full; a retry gets the same answer
      }
    }
    this.told(id, result);
    return false;
  }

  private keepOnce(key: string, value: unknown): Promise<void> {
    return this.store.update<unknown>(key, (found) => (found === undefined ? value : undefined));
  }
}

export function isOpen({ state }: { state: string }): boolean {
  return state === "open";
}
