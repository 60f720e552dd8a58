/**
 * What the till signed, kept before it is sent and sent until it is answered.
 *
 * Two tabs may send the same: the same claim is the same payment, the same refund the same refund.
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

/** Something was answered, or (with why) was not. */
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

  /** Keep a claim, for good once this is done; then it may be sent. */
  keepClaim(claim: ClaimEntry): Promise<void> {
    return this.keepOnce(CLAIM + claim.id, claim);
  }

  keepRefund(refund: RefundEntry): Promise<void> {
    return this.keepOnce(REFUND + refund.id, refund);
  }

  /** Send all that is open now, and again later until it is answered. */
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

  /** There is a network again, or somebody is looking. */
  wake(): void {
    this.wait = SHORTEST_MS;
    void this.send();
  }

  /** Forget what was answered long ago; the ledger does not. */
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
    return this.ask(CLAIM, claim, () => answerToClaim(this.server, claim, this.now(), wanted));
  }

  private sendRefund(refund: RefundEntry): Promise<boolean> {
    return this.ask(REFUND, refund, () => answerToRefund(this.server, refund));
  }

  /** Ask once at a time. */
  private ask<Entry extends { id: Hash; state: string; body: unknown }>(
    prefix: string,
    { id }: Entry,
    asked: () => Promise<Partial<Entry> | Unanswered>,
  ): Promise<boolean> {
    const asking = this.busy.get(id) ?? this.keepAnswer(prefix + id, id, asked).finally(() => this.busy.delete(id));
    this.busy.set(id, asking);
    return asking;
  }

  /** @returns whether it is answered */
  private async keepAnswer<Entry extends { state: string; body: unknown }>(
    key: string,
    id: Hash,
    asked: () => Promise<Partial<Entry> | Unanswered>,
  ): Promise<boolean> {
    let result: Partial<Entry> | Unanswered = await asked();
    if (isAnswer<Entry>(result)) {
      const answer = result;
      try {
        // What was answered stays as it is, also when another tab heard it first.
        await this.store.update<Entry>(key, (entry) => (entry?.state === "open" ? { ...entry, ...answer, body: null } : undefined));
        this.told(id, null);
        return true;
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
        result = "unknown"; // a full disk: asked again, the answer is the same
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
