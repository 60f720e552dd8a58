/** The actions of the office's screens: enrolment, other tills, the bank account and the books. */

import { OWNER_PIN } from "web_shared/device/secrets";
import { TextUnreadable } from "web_shared/protocol/base32";
import {
  INVITATION_CHARACTERS,
  INVITATION_PREFIX,
  type Invitation,
  RECOVERY_PREFIX,
  type Recovery,
  readInvitation,
  readInvitationLink,
  readProofCode,
  readRecovery,
  readRecoveryLink,
} from "web_shared/protocol/enrolment";
import { normalise } from "web_shared/protocol/base32";
import type { Hash } from "web_shared/protocol/bytes";
import { Owner } from "../owner";
import type { State } from "../state";
import { ShopTrouble, troubleOf } from "../trouble";
import { Account } from "./account";
import type { Payment } from "./books";
import { addDays, dayOf } from "./days";
import { Enrolling } from "./enrolling";
import { OwnNumbers, ownNumber } from "./own";
import { isNotMine, OfficeServer } from "./server";
import { Tills } from "./tills";
import { NO_OFFICE, type OfficeView } from "./view";

export { NO_OFFICE, type OfficeView };

const SECOND_MS = 1000;
/** Seconds between two checks of this device, while it waits to become a till and while it is one. */
const WAITING_EVERY = 3;
const READY_EVERY = 60;
/** Screens on which a block is shown at once; on others it would interrupt a sale or an entry. */
const INTERRUPTIBLE = ["amount", "today", "payment", "payouts", "account", "export", "report", "settings", "tills", "till", "pin_change"];

export class Office {
  readonly tills: Tills;
  readonly owner: Owner;
  private readonly own: OwnNumbers;
  private readonly account: Account;
  private readonly server: OfficeServer;
  private readonly enrolling: Enrolling;
  private checkedAt = -Infinity;
  private checking = false;

  constructor(
    private readonly state: State,
    refreshLedger: () => Promise<void>,
  ) {
    this.owner = new Owner(state);
    this.own = new OwnNumbers(state.store);
    this.server = new OfficeServer(state, this.owner);
    this.enrolling = new Enrolling(state, this.server, this.owner, refreshLedger);
    this.tills = new Tills(state, this.server, this.owner, refreshLedger);
    this.account = new Account(state, this.server, this.owner, refreshLedger);
    setInterval(() => this.tick(), SECOND_MS);
    document.addEventListener("visibilitychange", () => this.checkSoon());
  }

  /**
   * Handle the start of the app, or a link.
   *
   * @param fragment of the URL, which was removed from the address bar
   * @returns whether it shows a screen of the office; otherwise the device is ready to sell
   */
  async begin(fragment: string): Promise<boolean> {
    const { state } = this;
    await this.enrolling.resume();
    if (fragment.includes(INVITATION_PREFIX) || fragment.includes(RECOVERY_PREFIX)) {
      state.restart(state.view.device ? "waiting" : "welcome");
      await this.read(fragment);
      return true;
    }
    if (state.view.device?.ready) return false;
    state.restart(state.view.device ? "waiting" : "welcome");
    return true;
  }

  // --- becoming a till

  /** Read an invitation or a recovery sheet, from a link, a QR or typed text. */
  async read(text: string): Promise<void> {
    await this.state.attempt(async () => {
      const read = readEither(text);
      const { device } = this.state.view;
      if (device !== null && device.shop !== read.shop) {
        this.state.changeOffice({ other: read.shop });
        this.state.restart("taken");
      } else {
        await this.enrolling.accept(read);
        await this.enrolling.check();
      }
    });
    this.fallBack();
  }

  /** Choose the PIN of a new owner's key, typed twice. */
  async choosePin(pin: string, again: string): Promise<void> {
    await this.state.attempt(async () => {
      requireSame(pin, again);
      await this.enrolling.choosePin(pin);
      await this.enrolling.check();
    });
    this.fallBack();
  }

  /** @returns whether it was changed; otherwise the trouble is in the view */
  changePin(now: string, next: string, again: string): Promise<boolean> {
    return this.state.attempt(async () => {
      requireSame(next, again);
      await this.owner.changePin(now, next);
    });
  }

  /** Sign the activation of this device with the owner's key. */
  async signForThis(): Promise<void> {
    await this.state.attempt(() => this.enrolling.sign());
    this.fallBack();
  }

  async listShops(): Promise<void> {
    this.state.changeOffice({ shops: null });
    await this.state.attempt(async () => this.state.changeOffice({ shops: await this.server.shops() }));
  }

  async ask(shop: number, name: string): Promise<void> {
    await this.state.attempt(async () => {
      await this.enrolling.ask(shop, name);
      await this.enrolling.check();
    });
  }

  async askAgain(): Promise<void> {
    await this.state.attempt(async () => {
      await this.enrolling.askAgain();
      await this.enrolling.check();
    });
    this.fallBack();
  }

  async stopWaiting(): Promise<void> {
    await this.enrolling.giveUp();
    this.state.restart(this.state.view.device ? "amount" : "welcome");
  }

  // --- tills

  loadTills(): Promise<void> {
    this.state.changeOffice({ tills: null });
    return this.asTill(() => this.tills.load());
  }

  // --- the bank account

  loadAccount(): Promise<void> {
    return this.asTill(() => this.account.load());
  }

  /** @returns whether it was changed; otherwise the trouble is in the view */
  changeAccount(iban: string, holder: string): Promise<boolean> {
    return this.state.attempt(() => this.account.change(iban, holder));
  }

  // --- the books

  get today(): string {
    return dayOf(this.state.view.now);
  }

  async showDay(day: string): Promise<void> {
    this.state.changeOffice({ day, payments: null });
    await this.refreshDay();
  }

  /** Show the day before (-1) or after (1), up to today. */
  async turn(days: number): Promise<void> {
    const day = addDays(this.state.view.office.day, days);
    if (day <= this.today) await this.showDay(day);
  }

  /** Reload the day that is shown. */
  async refreshDay(): Promise<void> {
    const { day } = this.state.view.office;
    await this.asTill(async () => {
      const [found, tills, facts] = await Promise.all([
        this.server.payments(day, day),
        this.server.tills(),
        this.server.shop(),
      ]);
      const payments = await this.own.with(found);
      if (this.state.view.office.day !== day) return; // another day was chosen meanwhile
      const shown = this.state.view.office.payment;
      const payment = payments.find(({ id }) => id === shown?.id) ?? shown;
      this.state.changeOffice({ payments, tills, facts, payment, readAt: this.state.view.now });
    });
  }

  /** Look up a payment by a typed proof code. */
  async find(typed: string): Promise<void> {
    await this.asTill(async () => {
      const [found] = await this.own.with(await this.server.paymentsWith(proofIn(typed)));
      if (!found) throw new ShopTrouble("proof_unknown");
      const [tills, facts] = await Promise.all([this.server.tills(), this.server.shop()]);
      this.state.changeOffice({ tills, facts });
      this.showPayment(found);
    });
  }

  /** Show a payment, in its newest loaded version. */
  showPayment(listed: Payment): void {
    const payment = this.state.view.office.payments?.find(({ id }) => id === listed.id) ?? listed;
    this.state.changeOffice({ payment });
    this.state.go("payment");
  }

  /** Show a payment that this device knows, and load what the shop's books have of it. */
  showKnown(payment: Payment): void {
    this.state.changeOffice({ day: dayOf(payment.time), payments: null });
    this.showPayment(payment);
    if (this.state.view.online) void this.refreshDay();
  }

  ownNumberOf(payment: Hash): Promise<string> {
    return this.own.of(payment);
  }

  /** Store the own number of a payment. */
  async keepOwnNumber(payment: Hash, typed: string): Promise<void> {
    const own = ownNumber(typed);
    try {
      await this.own.keep(payment, own);
    } catch (error) {
      return this.state.tell(error);
    }
    const payments = this.state.view.office.payments?.map((each) => (each.id === payment ? { ...each, own } : each));
    if (payments) this.state.changeOffice({ payments });
  }

  async loadPayouts(): Promise<void> {
    await this.asTill(async () => {
      const [payouts, facts] = await Promise.all([this.server.payouts(), this.server.shop()]);
      this.state.changeOffice({ payouts, facts });
    });
  }

  /** A period's payments, and the names of the tills in the view; null when there is trouble. */
  async period(from: string, until: string): Promise<readonly Payment[] | null> {
    let found: Payment[] | null = null;
    await this.asTill(async () => {
      const [payments, tills] = await Promise.all([this.server.payments(from, until), this.server.tills()]);
      this.state.changeOffice({ tills });
      found = await this.own.with(payments);
    });
    return found;
  }

  // --- periodic checks

  /** Check this device at the next tick. */
  checkSoon(): void {
    this.checkedAt = -Infinity;
  }

  /** In practice mode there are no requests. */
  private tick(): void {
    const { screen, device, office, selling } = this.state.view;
    if (document.visibilityState === "hidden" || this.checking || selling.practice) return;
    const every = office.enrolment && screen === "waiting" ? WAITING_EVERY : READY_EVERY;
    if (performance.now() / SECOND_MS - this.checkedAt < every) return;
    if (office.enrolment || device?.ready) void this.check();
  }

  /** A background task: its errors are shown on the waiting screen only. */
  private async check(): Promise<void> {
    const { state } = this;
    this.checking = true;
    try {
      if (state.view.office.enrolment) await this.enrolling.check();
      if (state.view.device?.ready) await this.checkTill();
      if (state.view.screen === "waiting") state.set({ trouble: null });
    } catch (error) {
      if (state.view.screen === "waiting") state.set({ trouble: troubleOf(error) });
      this.fallBack();
    } finally {
      this.checking = false;
      this.checkedAt = performance.now() / SECOND_MS;
    }
  }

  private async checkTill(): Promise<void> {
    try {
      this.state.changeOffice({ facts: await this.server.shop() });
      await this.account.load();
    } catch (error) {
      if (isNotMine(error)) this.tellBlocked();
    }
  }

  /** Run a task that reads this till's own data; when the till turns out to be blocked, that data is removed. */
  private async asTill(work: () => Promise<void>): Promise<void> {
    let blocked = false;
    await this.state.attempt(async () => {
      try {
        await work();
      } catch (error) {
        blocked = isNotMine(error);
        if (!blocked) throw error;
      }
    });
    if (blocked) this.tellBlocked();
  }

  private tellBlocked(): void {
    const { screen } = this.state.view;
    const { enrolment, ownerCode, request } = this.state.view.office;
    this.state.changeOffice({ ...NO_OFFICE, enrolment, ownerCode, request });
    if (INTERRUPTIBLE.includes(screen)) this.state.restart("blocked");
  }

  /** When the enrolment was cancelled by an error, return to the first screen and show the error. */
  private fallBack(): void {
    const { trouble, screen, device } = this.state.view;
    if (screen !== "waiting" || this.state.view.office.enrolment !== null) return;
    this.state.restart(device ? "amount" : "welcome");
    this.state.set({ trouble });
  }
}

/** @throws ShopTrouble `pin_differs` */
function requireSame(pin: string, again: string): void {
  if (OWNER_PIN.plain(pin) !== OWNER_PIN.plain(again)) throw new ShopTrouble("pin_differs");
}

/** @throws ShopTrouble `proof_unreadable` */
function proofIn(typed: string): string {
  try {
    return readProofCode(typed);
  } catch (error) {
    throw error instanceof TextUnreadable ? new ShopTrouble("proof_unreadable") : error;
  }
}

/** @throws ShopTrouble `link_damaged` */
function readEither(text: string): Invitation | Recovery {
  try {
    if (text.includes(INVITATION_PREFIX)) return readInvitationLink(text);
    if (text.includes(RECOVERY_PREFIX)) return readRecoveryLink(text);
    const short = normalise(text).length <= INVITATION_CHARACTERS;
    return short ? readInvitation(text) : readRecovery(text);
  } catch (error) {
    throw error instanceof TextUnreadable ? new ShopTrouble("link_damaged") : error;
  }
}
