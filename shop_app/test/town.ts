/** A till, coupons and a ledger in memory, with connections that can be interrupted. */

import { expect, vi } from "vitest";
import type { Schemas } from "web_shared/api/client";
import { type RefusalCode, Refused, Unreachable } from "web_shared/api/problems";
import { MemoryStore } from "web_shared/device/store";
import { OWNER_PIN, PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";
import type { Hash } from "web_shared/protocol/bytes";
import { codeText, makeCode, readCode } from "web_shared/protocol/codes";
import { hashMessage } from "web_shared/protocol/messages";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { type Device, NO_FACTS } from "../src/core/model";
import { Selling } from "../src/core/selling";
import { shownVerdict } from "../src/core/selling_view";
import { Server } from "../src/core/server";
import { State } from "../src/core/state";
import type { Verdict } from "../src/core/verdict";

export const NOW = 1_800_000_000;
export const DOMAIN = { name: "Kindpakket", version: "1", chainId: 7, verifyingContract: `0x${"11".repeat(20)}` };

vi.stubGlobal("history", { pushState: () => undefined, replaceState: () => undefined, back: () => undefined });

type Cut = "before" | "after" | "none" | "pending" | RefusalCode | number;

/** A fake ledger behind a connection that can fail. */
export class TestServer extends Server {
  cut: Cut = "none";
  now = NOW;
  /** The sum of the coupons of each code, in cents. */
  budget = 100_000;
  calls: string[] = [];
  debits = new Map<Hash, Schemas["PaymentAnswer"]>();
  refunds = new Map<string, Schemas["RefundRequest"]>();
  used = new Set<Hash>();
  whenPaying: () => Promise<void> = async () => undefined;

  override async ledger() {
    this.calls.push("ledger");
    return { domain: DOMAIN, clockOffset: this.now - Math.floor(Date.now() / 1000) };
  }

  override async time(): Promise<number> {
    return this.through("time", () => this.now);
  }

  override async pay(body: Schemas["PaymentRequest"]): Promise<Schemas["PaymentAnswer"]> {
    await this.whenPaying();
    return this.through("pay", () => this.debit(body));
  }

  override async payment(id: Hash): Promise<Schemas["PaymentAnswer"]> {
    return this.through("payment", () => {
      const found = this.debits.get(id);
      if (!found) throw refused("not_found", 404);
      return found;
    });
  }

  override async refund(body: Schemas["RefundRequest"]): Promise<Schemas["RefundAnswer"]> {
    return this.through("refund", () => {
      this.refunds.set(`${body.payment} ${body.reference}`, body);
      return { ...this.debits.get(body.payment as Hash)!, payment: body.payment };
    });
  }

  private async through<T>(call: string, work: () => T): Promise<T> {
    this.calls.push(call);
    if (this.cut === "before") throw new Unreachable();
    if (typeof this.cut === "number") throw refused("ledger_unavailable", this.cut);
    const answer = work();
    if (this.cut === "after") throw new Unreachable();
    return answer;
  }

  private debit(body: Schemas["PaymentRequest"]): Schemas["PaymentAnswer"] {
    const { spend } = readCode(body.code);
    const { shop, amount, rest, reference } = body;
    const hash = hashMessage("Spend", spend);
    const id = hashMessage("Claim", { spend: hash, shop, amount, rest, reference });
    const before = this.debits.get(id);
    if (before) return before;
    if (typeof this.cut === "string" && !["none", "after", "pending"].includes(this.cut)) throw refused(this.cut as RefusalCode, 409);
    const status = this.cut === "pending" ? "pending" : "settled";
    const paid = rest ? Math.min(amount, spend.maxAmount, this.budget) : amount;
    const time = new Date(this.now * 1000).toISOString();
    const answer: Schemas["PaymentAnswer"] = { id, status, shop, amount: paid, refunded: 0, time, transaction: null, block: 1 };
    if (status === "pending") return answer;
    if (this.used.has(hash)) throw refused("code_already_used", 409);
    if (this.now > spend.validUntil) throw refused("code_expired", 409);
    if (paid > this.budget) throw refused("budget_too_low", 409);
    this.used.add(hash);
    this.debits.set(id, answer);
    return answer;
  }
}

export function refused(code: RefusalCode, status: number): Refused {
  return new Refused({ type: "", title: "", detail: "", status, code });
}

export interface Town {
  store: MemoryStore;
  server: TestServer;
  state: State;
  selling: Selling;
}

/** Open the till app, with the store of an app that was closed if one is given. */
export async function openTill(store = new MemoryStore(), server = new TestServer()): Promise<Town> {
  const vault = await Vault.open(store, PIN);
  const key = generateKey();
  const device: Device = (await store.get<Device>("device")) ?? {
    shop: 7, name: "Fietsen", role: "till", till: addressOf(key), tillName: "Kassa 1",
    keys: await vault.seal(key), owner: null, ready: true,
  };
  const clockOffset = server.now - Math.floor(Date.now() / 1000);
  await store.put("device", device);
  await store.put("facts", { ...NO_FACTS, ledger: DOMAIN, clockOffset });
  const state = new State(store, vault, await Vault.open(store, OWNER_PIN, "owner_lock"));
  await state.load();
  const selling = new Selling(state, server);
  await selling.load();
  return { store, server, state, selling };
}

/** The text of a code for at most this amount in cents. */
export function showCode(maxAmount = 10_000, validUntil = NOW + 300): string {
  const key = generateKey();
  const spend = { scheme: 1, shop: 0, maxAmount, validUntil, nonce: NOW, coupons: [addressOf(key)] };
  return codeText(makeCode(spend, DOMAIN, [key]));
}

export async function type({ selling }: Town, cents: number): Promise<void> {
  selling.clear();
  for (const key of String(cents / 100).replace(".", ",")) selling.press(key as "1");
  selling.begin();
}

/** Wait until all open entries have been sent. */
export function asked({ selling }: Town): Promise<void> {
  return selling.journal.send();
}

/** Wait until the view has this state. */
export async function says({ state }: Town, verdict: Partial<Verdict>): Promise<void> {
  await vi.waitFor(() => expect(shownVerdict(state.view.selling)).toMatchObject(verdict));
}
