/** The actions of the selling screens: amounts, codes, verdicts, refunds and practice. */

import { type AmountKey, centsOf, pressAmount } from "web_shared/amount";
import type { Hash } from "web_shared/protocol/bytes";
import type { Code } from "web_shared/protocol/codes";
import type { Unanswered } from "./answers";
import { codeFrom, makeClaim, makeRefund, spendOf, type Till, undoReference } from "./claims";
import { refreshLedger } from "./facts";
import { isOpen, Journal } from "./journal";
import type { ClaimEntry, RefundEntry, Sale } from "./model";
import { type Practised, pretend } from "./practice";
import { codeIn } from "./reading";
import { partsOf, tallyOf, toUndo } from "./sale";
import { NO_SELLING, openAmount, type SellingView, shownVerdict } from "./selling_view";
import type { Server } from "./server";
import type { State } from "./state";
import { ShopTrouble } from "./trouble";
import { keepTyped, keptTyped } from "./typed";

/** After this time a paid sale is not shown when the app opens. */
const SHOWN_AGAIN_SECONDS = 600;

export class Selling {
  readonly journal: Journal;
  /** The code that was read last, for another claim on it; in memory only. */
  private code: Code | null = null;
  private claiming = false;

  constructor(
    private readonly state: State,
    private readonly server: Server,
  ) {
    const now = (): number => state.view.now;
    this.journal = new Journal(state.store, server, now, (id, why) => void this.onAnswer(id, why));
  }

  /** Restore the state after the app was closed or the device lost power, and show it. */
  async load(): Promise<void> {
    await this.journal.prune();
    await this.reload();
    const sales = (await this.journal.sales()).filter(({ closed }) => !closed);
    const sale = sales.sort((a, b) => b.madeAt - a.madeAt).find((each) => this.isUnfinished(each));
    this.journal.wake();
    this.state.changeSelling({ typed: keptTyped() });
    if (sale) this.showSale(sale);
    else this.state.restart("amount");
  }

  /** Load changes of other tabs. */
  async reload(): Promise<void> {
    const [claims, refunds, sales] = await Promise.all([
      this.journal.claims(),
      this.journal.refunds(),
      this.journal.sales(),
    ]);
    const { sale } = this.view;
    this.state.changeSelling({ claims, refunds, sale: sales.find(({ id }) => id === sale?.id) ?? sale });
  }

  // --- the amount

  get typed(): string {
    return this.view.typed;
  }

  press(key: AmountKey): void {
    this.type(pressAmount(this.typed, key));
  }

  clear(): void {
    this.type("");
  }

  /** Restore the amount, to undo what a scanner typed. */
  retype(typed: string): void {
    if (typed !== this.typed) this.type(typed);
  }

  /** Begin a sale of the typed amount; it is stored with its first claim. */
  begin(): void {
    if (this.newSale()) this.state.go("scan");
  }

  /** Set whether less than the amount may be paid, to which the customer agrees beforehand. */
  agree(rest: boolean): void {
    const { sale } = this.view;
    if (sale) this.state.changeSelling({ sale: { ...sale, rest } });
  }

  // --- codes

  /** Claim the code in a text that was scanned, typed, or read from a photo. */
  async read(text: string): Promise<void> {
    const { screen } = this.state.view;
    if (this.claiming) return;
    const found = codeIn(text);
    if (found === null) return this.state.tell(new ShopTrouble("code_other", null, text));
    if (screen === "verdict" && !this.wantsCode()) return;
    if (screen === "amount" && !this.newSale()) return;
    if (this.view.practice) return this.practised();
    const { sale } = this.view;
    if (!sale) return;
    await this.claim((till) => this.claimFrom(codeFrom(found, openAmount(this.view), till), sale, till));
  }

  /** Whether the refused code can be used again; it is lost when the app was closed. */
  get codeIsHere(): boolean {
    return this.code !== null || this.view.practice;
  }

  /** After `budget_too_low`, with the customer's agreement: claim what is left on the same code. */
  payRest(): Promise<void> {
    return this.payAgain(true, openAmount(this.view));
  }

  /** After `amount_above_maximum`, with the customer's agreement: claim the maximum of the same code. */
  payMost(most: number): Promise<void> {
    return this.payAgain(false, most);
  }

  /** Scan another code for the same sale. */
  another(): void {
    this.state.restart("scan");
  }

  /** Whether a scanned code is accepted on the verdict screen, without a tap. */
  wantsCode(): boolean {
    const verdict = shownVerdict(this.view);
    if (verdict?.kind === "paid") return verdict.open > 0;
    return verdict?.kind === "refused";
  }

  // --- the end of a sale

  /** Serve the next customer. Open claims are retried in the background. */
  async next(typed = ""): Promise<void> {
    const { sale, claims } = this.view;
    this.code = null;
    this.state.changeSelling({ sale: null, current: null, unanswered: null, pretended: null, late: null });
    this.type(typed);
    this.state.restart("amount");
    if (sale && partsOf(sale, claims).length > 0) await this.journal.changeSale(sale.id, { closed: true });
  }

  /** Change the amount of a sale without payments. */
  amend(): Promise<void> {
    return this.next(this.typed);
  }

  /** Refund all payments of this sale, including those that turn out later to be carried out. */
  async callOff(): Promise<void> {
    const { sale } = this.view;
    if (!sale || this.view.practice) return this.next();
    this.state.tick();
    const calledOff = this.state.view.now;
    await this.state.attempt(async () => {
      await this.journal.changeSale(sale.id, { calledOff });
      this.state.changeSelling({ sale: { ...sale, calledOff } });
      await this.undo();
      this.state.restart("verdict");
    });
  }

  /** Show a claim of an earlier sale. */
  async show(claim: ClaimEntry): Promise<void> {
    const sale = (await this.journal.sales()).find(({ id }) => id === claim.sale);
    if (!sale) return;
    this.state.changeSelling({ sale, current: claim.id, late: null, unanswered: isOpen(claim) ? "unknown" : null });
    this.state.restart("verdict");
    this.journal.wake();
  }

  /** Refund an amount in cents of any payment; stored, and retried until it is answered. */
  async refund(payment: Hash, amount: number): Promise<RefundEntry> {
    const refund = await makeRefund(this.till(), payment, amount, this.state.view.now);
    await this.journal.keepRefund(refund);
    await this.reload();
    void this.journal.send();
    return refund;
  }

  // --- practice

  practise(on: boolean): void {
    this.state.changeSelling({ ...NO_SELLING, claims: this.view.claims, refunds: this.view.refunds, practice: on });
    if (on) keepTyped("");
    this.state.restart("amount");
  }

  choose(choice: Practised): void {
    this.state.changeSelling({ choice });
  }

  practised(choice: Practised = this.view.choice): void {
    const pretended = pretend(choice, openAmount(this.view), this.state.view.now);
    this.state.changeSelling({ pretended });
    this.state.restart("verdict");
  }

  // --- private

  private get view(): SellingView {
    return this.state.view.selling;
  }

  private type(typed: string): void {
    this.state.changeSelling({ typed });
    this.state.set({ trouble: null });
    if (!this.view.practice) keepTyped(typed);
  }

  private newSale(): boolean {
    const amount = centsOf(this.typed);
    if (amount === 0) {
      this.state.tell(new ShopTrouble("amount_zero"));
      return false;
    }
    this.state.tick();
    const madeAt = this.state.view.now;
    const sale = { id: crypto.randomUUID(), amount, rest: false, madeAt, calledOff: null, closed: false };
    this.state.changeSelling({ sale, current: null, unanswered: null, pretended: null });
    return true;
  }

  /** @throws ShopTrouble `not_ready`: the ledger's domain was never fetched */
  private till(): Till {
    const { device, facts } = this.state.view;
    if (!device || !facts.ledger) throw new ShopTrouble("not_ready");
    this.state.tick();
    return { vault: this.state.vault, device, domain: facts.ledger, now: this.state.view.now };
  }

  private async claim(work: (till: Till) => Promise<void>): Promise<void> {
    this.claiming = true;
    await this.state.attempt(async () => {
      if (!this.state.view.facts.ledger) await refreshLedger(this.state, this.server);
      await work(this.till());
    });
    this.claiming = false;
  }

  private async payAgain(rest: boolean, amount: number): Promise<void> {
    const { sale, practice } = this.view;
    if (practice) return this.practised("part");
    if (!sale || !this.code) return this.another();
    const code = this.code;
    await this.claim((till) => this.claimFrom(code, { ...sale, rest }, till, amount));
  }

  /** Sign and store a claim, and only then send it. A code with an open claim is not claimed again. */
  private async claimFrom(code: Code, sale: Sale, till: Till, amount = openAmount(this.view)): Promise<void> {
    const spend = spendOf(code);
    const before = await this.claimOf(spend, sale);
    if (before && before.sale !== sale.id) return this.show(before);
    const claim = before ?? (await makeClaim(till, code, sale, amount));
    if (!before) {
      await this.journal.keepSale(sale);
      await this.journal.keepClaim(claim);
      keepTyped(""); // the amount is stored in the sale from here on
    }
    this.code = code;
    this.state.changeSelling({ sale, current: claim.id, unanswered: null });
    await this.reload();
    this.state.restart("verdict");
    void this.journal.send();
  }

  /** The existing claim on this code: in this sale, or an open one of another sale. */
  private async claimOf(spend: Hash, sale: Sale): Promise<ClaimEntry | undefined> {
    const off = (await this.journal.sales()).filter(({ calledOff }) => calledOff !== null).map(({ id }) => id);
    return this.view.claims.find((each) => {
      if (each.spend !== spend || off.includes(each.sale)) return false;
      return each.sale === sale.id ? each.state !== "refused" : isOpen(each);
    });
  }

  private async onAnswer(id: Hash, unanswered: Unanswered | null): Promise<void> {
    if (id === this.view.current) this.state.changeSelling({ unanswered });
    if (unanswered !== null) return;
    this.state.tellOthers();
    await this.reload();
    this.tellLate(id);
    await this.undo();
  }

  /** Report the answer to a claim of an earlier sale. */
  private tellLate(id: Hash): void {
    const claim = this.view.claims.find((each) => each.id === id);
    if (claim && claim.sale !== this.view.sale?.id) this.state.changeSelling({ late: id });
  }

  /** Refund the payments of called-off sales. Deterministic, so that several tabs make the same refunds. */
  private async undo(): Promise<void> {
    const [sales, { claims, refunds }] = [await this.journal.sales(), this.view];
    let made = 0;
    for (const sale of sales) {
      for (const { id, paid } of toUndo(sale, claims, refunds)) {
        await this.journal.keepRefund(await makeRefund(this.till(), id, paid, sale.calledOff!, undoReference(id)));
        made += 1;
      }
    }
    if (made === 0) return;
    await this.reload();
    await this.journal.send();
  }

  private isUnfinished(sale: Sale): boolean {
    const { paid, open, waiting, back } = tallyOf(sale, this.view.claims, this.view.refunds);
    if (waiting) return true;
    if (sale.calledOff !== null) return back < paid;
    return open < sale.amount && (open > 0 || sale.madeAt > this.state.view.now - SHOWN_AGAIN_SECONDS);
  }

  private showSale(sale: Sale): void {
    const parts = partsOf(sale, this.view.claims);
    const current = (parts.find(isOpen) ?? parts.at(-1))?.id ?? null;
    this.state.changeSelling({ sale, current });
    this.state.restart("verdict");
  }
}

