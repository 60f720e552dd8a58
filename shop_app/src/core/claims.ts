/** Making what the till signs: a claim on a code, and a refund of a payment. */

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

/** Long enough for a device that was off line for weeks: what was paid must be able to come back. */
const REFUND_SECONDS = 90 * 24 * 3600;

export interface Till {
  vault: Vault;
  device: Device;
  domain: Domain;
  now: number;
}

/**
 * The code that was scanned; a card's coupon becomes one for this shop and this amount.
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

/** Claim an amount from a code, or with `rest` what there is of it. */
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
 * Give an amount of a payment back.
 *
 * @param madeAt with the same reference the same refund, whoever makes it how often
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

/** The reference of the refund that undoes a payment: every tab that undoes it makes the same one. */
export function undoReference(payment: Address | Hash): number {
  return Number(BigInt(payment) & ((1n << 53n) - 1n));
}
