/** Making what the till signs: a claim on a code, and a refund of a payment. */

import type { Vault } from "web_shared/device/vault";
import { type Address, type Hash, toHex } from "web_shared/protocol/bytes";
import {
  CARD_PREFIX,
  type Code,
  codeFromCard,
  codeText,
  CodeUnreadable,
  readCard,
  readCode,
} from "web_shared/protocol/codes";
import {
  type Claim,
  type Domain,
  drawReference,
  hashMessage,
  type Refund,
  signMessage,
} from "web_shared/protocol/messages";
import { withTillKey } from "./keys";
import type { ClaimEntry, Device, RefundEntry, Sale } from "./model";
import { ShopTrouble } from "./trouble";

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
 * @throws ShopTrouble `code_other` when it is none of ours.
 */
export function codeIn(text: string, amount: number, { device, domain, now }: Omit<Till, "vault">): Code {
  try {
    if (!text.startsWith(CARD_PREFIX)) return readCode(text);
    return codeFromCard(readCard(text), device.shop, amount, now, domain);
  } catch (error) {
    throw error instanceof CodeUnreadable ? new ShopTrouble("code_other") : error;
  }
}

export function spendOf(code: Code): Hash {
  return hashMessage("Spend", code.spend);
}

/** Claim an amount from a code, or with `rest` what there is of it. */
export async function makeClaim(till: Till, code: Code, sale: Sale, amount: number, rest: boolean): Promise<ClaimEntry> {
  const { vault, device, domain, now } = till;
  const spend = spendOf(code);
  const claim: Claim = { spend, shop: device.shop, amount, rest, reference: drawReference() };
  const signature = await withTillKey(vault, device, (key) => toHex(signMessage("Claim", claim, domain, key)));
  const { shop, reference } = claim;
  return {
    id: hashMessage("Claim", claim),
    spend,
    sale: sale.id,
    amount,
    rest,
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
  reference: number = drawReference(),
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
