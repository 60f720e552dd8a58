/** What a till knows and keeps. Amounts in cents, times in unix seconds by the ledger's clock. */

import type { Category } from "web_shared/categories";
import type { Schemas } from "web_shared/api/client";
import type { RefusalCode } from "web_shared/api/problems";
import type { Help } from "web_shared/help";
import type { Sealed } from "web_shared/device/vault";
import type { Address, Hash } from "web_shared/protocol/bytes";
import type { Domain } from "web_shared/protocol/messages";

/** The owner's key, sealed by the vault that the owner's PIN opens. */
export interface OwnerKey {
  address: Address;
  key: Sealed;
}

/** Who this device is; kept under "device". */
export interface Device {
  shop: number;
  /** The shop's. */
  name: string;
  /** Whether the ledger knows the owner's key on this device as the owner's of the shop. */
  role: "owner" | "till";
  till: Address;
  tillName: string;
  /** The till's key. */
  keys: Sealed;
  /** Null on every other device than the owner's, and those that may become it. */
  owner: OwnerKey | null;
  /** Whether it may sell: the shop is admitted and the owner has signed for this till. */
  ready: boolean;
}

/** A claim, from before it is first sent until it is answered and after; kept under "claim:" and its id. */
export interface ClaimEntry {
  /** Of the payment that it makes. */
  id: Hash;
  spend: Hash;
  /** The sale that it is part of. */
  sale: string;
  /** Asked for; with `rest` less may be paid. */
  amount: number;
  rest: boolean;
  /** What its code allows at most. */
  most: number;
  validUntil: number;
  madeAt: number;
  /** What is sent, with the code in it; dropped once it is answered. */
  body: Schemas["PaymentRequest"] | null;
  state: "open" | "paid" | "refused";
  /** What was paid, and when. */
  paid: number;
  time: number | null;
  /** Why not; `not_paid` when the code expired before the claim came through. */
  reason: RefusalCode | "not_paid" | null;
}

/** A refund, likewise; kept under "refund:" and its id. */
export interface RefundEntry {
  id: Hash;
  payment: Hash;
  amount: number;
  madeAt: number;
  validUntil: number;
  body: Schemas["RefundRequest"] | null;
  state: "open" | "done" | "refused";
  reason: RefusalCode | null;
}

/** What a customer owes, paid by one code or several; kept under "sale:" and its id. */
export interface Sale {
  id: string;
  amount: number;
  /** Whether the customer agreed to pay what is left. */
  rest: boolean;
  madeAt: number;
  /** Seconds of when it was called off, which gives its parts back; null when it was not. */
  calledOff: number | null;
  /** Put away: the next customer is served. */
  closed: boolean;
}

export interface Scheme {
  id: number;
  name: string;
  opens: number;
  closes: number;
  paused: boolean;
  closed: boolean;
  permitted: string[];
  excluded: string[];
  /** What the municipality says of it; empty for nothing. */
  text: string;
}

/** What everybody may know, kept for when there is no network. */
export interface Facts {
  ledger: Domain | null;
  schemes: Scheme[];
  categories: Category[];
  /** Null before the first answer. */
  help: Help | null;
  /** The server's clock minus this device's, in seconds. */
  clockOffset: number;
}

export interface Settings {
  language: string | null;
  /** No tones. */
  muted: boolean;
  /** The keypad on the left, where there is room beside it. */
  leftHanded: boolean;
  /** The camera that was chosen, as the browser names it. */
  camera: string | null;
}

export const NO_FACTS: Facts = { ledger: null, schemes: [], categories: [], help: null, clockOffset: 0 };

export const FIRST_SETTINGS: Settings = { language: null, muted: false, leftHanded: false, camera: null };
