/** The view state of the office's screens. */

import type { Body, Schemas } from "web_shared/api/client";
import type { Address } from "web_shared/protocol/bytes";
import type { TillRequest } from "web_shared/protocol/enrolment";
import type { Sealed } from "web_shared/device/vault";
import type { Payment, Payout, TillName } from "./books";

/** The enrolment in progress; stored as "enrolment" until the device is a till. */
export interface Enrolment {
  way: "invitation" | "sheet" | "request";
  /** The secret of the invitation, until the server has accepted it. */
  secret: Sealed | null;
  /** The activation signed by the owner; null before that. */
  activation: Body<"/tills"> | null;
}

/** The shop's data on the ledger and in the register. Amounts in cents. */
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

/** The rights of a till, besides selling and refunding its own payments of today. */
export type Rights = Schemas["TillRights"];
export type TillSettings = Body<"/shops/{shop}/tills/{till}">;

/** The shop's bank account, with the IBAN abbreviated. */
export type ShownAccount = Schemas["BankAccountAnswer"];

/** A shop in the public list. */
export interface ListedShop {
  id: number;
  name: string;
  address: string;
}

export interface OfficeView {
  enrolment: Enrolment | null;
  /** The owner code that officials compare; empty when this device does not become an owner's. */
  ownerCode: string;
  /** The text of the till request's QR; empty when there is none. */
  request: string;
  shops: readonly ListedShop[] | null;
  /** The shop of a link that was opened on a device of another shop. */
  other: number;
  facts: ShopFacts | null;
  tills: readonly TillName[] | null;
  /** The till request that the owner has scanned. */
  asked: TillRequest | null;
  /** The last change, to be shown on the list of tills. */
  done: { name: string; what: "added" | "blocked" | "changed" } | null;
  /** The till whose name and rights are shown. */
  till: TillName | null;
  day: string;
  payments: readonly Payment[] | null;
  /** When the payments were read, in unix seconds by the ledger's clock. */
  readAt: number;
  /** The payment that is shown. */
  payment: Payment | null;
  payouts: readonly Payout[] | null;
  /** Null when the shop has none; undefined before it is loaded. */
  account: ShownAccount | null | undefined;
  /** Whether the account is older than one that this till has seen or signed. */
  accountOlder: boolean;
  /** The text and the link of the recovery sheet; only while it is shown. */
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
  readAt: 0,
  payment: null,
  payouts: null,
  account: undefined,
  accountOlder: false,
  sheet: null,
};
