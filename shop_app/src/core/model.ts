/** The data that a till stores. Amounts in cents, times in unix seconds by the ledger's clock. */

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

/** The identity of this device; stored as "device". */
export interface Device {
  shop: number;
  /** The shop's name. */
  name: string;
  /** `owner` when the owner's key on this device is, on the ledger, that of the shop. */
  role: "owner" | "till";
  till: Address;
  tillName: string;
  /** The till's key. */
  keys: Sealed;
  /** Null except on the owner's device, and on one that may become it. */
  owner: OwnerKey | null;
  /** Whether it may sell: the shop is admitted and the owner has signed for this till. */
  ready: boolean;
}

/** A claim in the journal; stored as "claim:" and its id. */
export interface ClaimEntry {
  /** The payment id. */
  id: Hash;
  spend: Hash;
  /** The id of the sale that it is part of. */
  sale: string;
  /** The amount asked; with `rest`, less may be paid. */
  amount: number;
  rest: boolean;
  /** The maximum amount of its code. */
  most: number;
  validUntil: number;
  madeAt: number;
  /** The request, which contains the code; removed when it is answered. */
  body: Schemas["PaymentRequest"] | null;
  state: "open" | "paid" | "refused";
  /** The amount paid, and when. */
  paid: number;
  time: number | null;
  /** Why it was refused; `not_paid` when the code expired before the claim was carried out. */
  reason: RefusalCode | "not_paid" | null;
}

/** A refund in the journal; stored as "refund:" and its id. */
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

/** A sale to one customer, paid by one code or several; stored as "sale:" and its id. */
export interface Sale {
  id: string;
  amount: number;
  /** Whether the customer agreed to pay what is left. */
  rest: boolean;
  madeAt: number;
  /** When it was called off, upon which its payments are refunded; null when it was not. */
  calledOff: number | null;
  /** Whether it is finished, and the next customer is served. */
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
  /** The municipality's text for shops, or empty. */
  text: string;
}

/** Public data, stored for offline use. */
export interface Facts {
  ledger: Domain | null;
  schemes: Scheme[];
  categories: Category[];
  /** Null before it is fetched. */
  help: Help | null;
  /** The server's clock minus this device's, in seconds. */
  clockOffset: number;
}

export interface Settings {
  language: string | null;
  /** Whether sounds are off. */
  muted: boolean;
  /** Whether vibration is off. */
  still: boolean;
  /** Whether the keypad is on the left, on wide screens. */
  leftHanded: boolean;
  /** The `deviceId` of the camera that was chosen. */
  camera: string | null;
}

export const NO_FACTS: Facts = { ledger: null, schemes: [], categories: [], help: null, clockOffset: 0 };

export const FIRST_SETTINGS: Settings = { language: null, muted: false, still: false, leftHanded: false, camera: null };
