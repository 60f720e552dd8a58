/** Makes the messages that a till signs: a claim on a code, and a refund of a payment. */

import type { Vault } from "web_shared/device/vault";
import { type Address, type Hash, toHex } from "web_shared/protocol/bytes";
import {
  CARD_PREFIX,
  type Code,
  codeFromCard,
  codeText,
  readCard,
  readCode,
} from "web_shared/protocol/codes";
import {
  type Claim,
  type Domain,
  randomReference,
  hashMessage,
  type Refund,
  signMessage,
} from "web_shared/protocol/messages";
import { withTillKey } from "./keys";
import type { ClaimEntry, Device, RefundEntry, Sale } from "./model";

/** Validity of a refund; long enough for a device that was offline for weeks. */
const REFUND_SECONDS = 90 * 24 * 3600;

export interface Till {
  vault: Vault;
  device: Device;
  domain: Domain;
  now: number;
}

/**
 * The code in a scanned text. From a card's coupon, a code for this shop and amount is made.
 *
 * @throws CodeUnreadable
 */
export function codeFrom(text: string, amount: number, { device, domain, now }: Omit<Till, "vault">): Code {
  if (!text.startsWith(CARD_PREFIX)) return readCode(text);
  return codeFromCard(readCard(text), device.shop, amount, now, domain);
}

export function spendOf(code: Code): Hash {
  return hashMessage("Spend", code.spend);
}

/** Claim an amount in cents from a code; with the sale's `rest`, less may be paid. */
export async function makeClaim(till: Till, code: Code, sale: Sale, amount: number): Promise<ClaimEntry> {
  const { vault, device, domain, now } = till;
  const { rest } = sale;
  const spend = spendOf(code);
  const claim: Claim = { spend, shop: device.shop, amount, rest, reference: randomReference() };
  const signature = await withTillKey(vault, device, (key) => toHex(signMessage("Claim", claim, domain, key)));
  const { shop, reference } = claim;
  return {
    id: hashMessage("Claim", claim),
    spend,
    sale: sale.id,
    amount,
    rest,
    most: code.spend.maxAmount,
    validUntil: code.spend.validUntil,
    madeAt: now,
    body: { code: codeText(code), shop, amount, rest, reference, till: device.till, signature },
    state: "open",
    paid: 0,
    time: null,
    reason: null,
  };
}

/**
 * Refund an amount in cents of a payment.
 *
 * @param madeAt unix seconds. Equal `madeAt` and `reference` give the same refund, also in another tab
 */
export async function makeRefund(
  { vault, device, domain }: Omit<Till, "now">,
  payment: Hash,
  amount: number,
  madeAt: number,
  reference: number = randomReference(),
): Promise<RefundEntry> {
  const validUntil = madeAt + REFUND_SECONDS;
  const refund: Refund = { payment, shop: device.shop, amount, validUntil, reference };
  const signature = await withTillKey(vault, device, (key) => toHex(signMessage("Refund", refund, domain, key)));
  const id = hashMessage("Refund", refund);
  return { id, payment, amount, madeAt, validUntil, body: { ...refund, signature }, state: "open", reason: null };
}

/** The reference of the refund that undoes a payment; a function of the payment, so that all tabs make the same refund. */
export function undoReference(payment: Address | Hash): number {
  return Number(BigInt(payment) & ((1n << 53n) - 1n));
}
