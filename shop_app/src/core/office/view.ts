/** What the office's screens draw. */

import type { Body, Schemas } from "web_shared/api/client";
import type { Address } from "web_shared/protocol/bytes";
import type { TillRequest } from "web_shared/protocol/enrolment";
import type { Sealed } from "web_shared/device/vault";
import type { Payment, Payout, TillName } from "./books";

/** How this device is becoming a till; kept under "enrolment" until it is one. */
export interface Enrolment {
  way: "invitation" | "sheet" | "request";
  /** The invitation's, until the server took it. */
  secret: Sealed | null;
  /** What the owner signed to make this device a till; null while the owner's key has yet to. */
  activation: Body<"/tills"> | null;
}

/** What the ledger and the register say of the shop. Amounts in cents. */
export interface ShopFacts {
  name: string;
  address: string;
  categories: string[];
  owner: Address;
  admitted: boolean;
  /** Null when this till may not see the books. */
  owed: number | null;
  settled: number | null;
  rights: Rights;
}

/** What this till, or another, may do besides selling and giving back what it took today. */
export type Rights = Schemas["TillRights"];
export type TillSettings = Body<"/shops/{shop}/tills/{till}">;

/** Where the shop is paid; the account by its ends. */
export type ShownAccount = Schemas["BankAccountAnswer"];

/** A shop that anybody may know of. */
export interface ListedShop {
  id: number;
  name: string;
  address: string;
}

export interface OfficeView {
  enrolment: Enrolment | null;
  /** What the official compares; empty when this device is not to be an owner's. */
  ownerCode: string;
  /** What this device's QR says while it asks to be a till; empty before it is made. */
  request: string;
  shops: readonly ListedShop[] | null;
  /** A shop that a link is for, while this device belongs to another. */
  other: number;
  facts: ShopFacts | null;
  tills: readonly TillName[] | null;
  /** Another device's request that the owner has scanned. */
  asked: TillRequest | null;
  /** What was done last, to be told on the list of tills. */
  done: { name: string; what: "added" | "blocked" | "changed" } | null;
  /** The till whose name and rights are looked at. */
  till: TillName | null;
  day: string;
  payments: readonly Payment[] | null;
  /** The payment that is looked at. */
  payment: Payment | null;
  payouts: readonly Payout[] | null;
  /** Null when the shop has none; undefined before that is known. */
  account: ShownAccount | null | undefined;
  /** It is older than one that this till saw or signed. */
  accountOlder: boolean;
  /** The owner's key, spelled, and its link; only while it is shown. */
  sheet: { text: string; link: string } | null;
}

export const NO_OFFICE: OfficeView = {
  enrolment: null,
  ownerCode: "",
  request: "",
  shops: null,
  other: 0,
  facts: null,
  tills: null,
  asked: null,
  done: null,
  till: null,
  day: "",
  payments: null,
  payment: null,
  payouts: null,
  account: undefined,
  accountOlder: false,
  sheet: null,
};
