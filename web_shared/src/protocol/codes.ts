/** Formats of QR codes: a payment code (`KP1:`) and a card's coupon key (`KC1:`). */

import { decodeBase45, encodeBase45 } from "./base45";
import { concatBytes, fromHex, readUint, toHex, uint } from "./bytes";
import { type Domain, signMessage, type Spend } from "./messages";
import { addressOf, checkForm, type Key, number, ORDER, SIGNATURE_BYTES } from "./signatures";

export const CODE_PREFIX = "KP1:";
export const CARD_PREFIX = "KC1:";

/** The most coupons in one code. */
export const MAX_BUNDLE = 6;

/** Validity of a code, from when it is made. */
export const CODE_SECONDS = 300;

const VERSION = 1;
const HEAD_BYTES = 22;
const ITEM_BYTES = 20 + SIGNATURE_BYTES;
const CARD_BYTES = 35;

/** A Spend with the signature of each of its coupons. */
export interface Code {
  readonly spend: Spend;
  readonly signatures: readonly Uint8Array[];
}

/** One coupon of a card. It contains the coupon's key, so whoever scans it can spend it. */
export interface Card {
  readonly scheme: number;
  readonly key: Key;
}

/** The text is not a valid code of a known version. */
export class CodeUnreadable extends Error {
  override readonly name = "CodeUnreadable";
}

/**
 * Sign a Spend with the keys of its coupons, in their order.
 *
 * @throws RangeError when a key is not that of the coupon in its place.
 */
export function makeCode(spend: Spend, domain: Domain, keys: readonly Key[]): Code {
  const addresses = keys.map(addressOf);
  if (addresses.join() !== spend.coupons.join()) {
    throw new RangeError("a key is not that of the coupon in its place");
  }
  return { spend, signatures: keys.map((key) => signMessage("Spend", spend, domain, key)) };
}

/**
 * Make a code from a card's coupon for this shop and amount, valid for {@link CODE_SECONDS}; its key is wiped.
 *
 * @param now unix seconds by the ledger's clock
 */
export function codeFromCard(card: Card, shop: number, amount: number, now: number, domain: Domain): Code {
  const { scheme, key } = card;
  try {
    const validUntil = now + CODE_SECONDS;
    const spend: Spend = { scheme, shop, maxAmount: amount, validUntil, nonce: now, coupons: [addressOf(key)] };
    return makeCode(spend, domain, [key]);
  } finally {
    key.fill(0);
  }
}

/** The text of a code's QR. */
export function codeText({ spend, signatures }: Code): string {
  const head = [
    Uint8Array.of(VERSION),
    uint(spend.scheme, 2),
    uint(spend.shop, 4),
    uint(spend.maxAmount, 4),
    uint(spend.validUntil, 5),
    uint(spend.nonce, 5),
    uint(spend.coupons.length, 1),
  ];
  const items = spend.coupons.flatMap((coupon, place) => [fromHex(coupon, 20), signatures[place]!]);
  return CODE_PREFIX + encodeBase45(concatBytes(...head, ...items));
}

/** @throws CodeUnreadable */
export function readCode(text: string): Code {
  const bytes = decode(CODE_PREFIX, text);
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) {
    throw new CodeUnreadable("too short, or an unknown version");
  }
  const count = bytes[HEAD_BYTES - 1]!;
  if (count < 1 || count > MAX_BUNDLE || bytes.length !== HEAD_BYTES + count * ITEM_BYTES) {
    throw new CodeUnreadable("the length does not match the number of coupons");
  }
  const items = Array.from({ length: count }, (_, place) =>
    bytes.subarray(HEAD_BYTES + place * ITEM_BYTES, HEAD_BYTES + (place + 1) * ITEM_BYTES),
  );
  const coupons = items.map((item) => toHex(item.subarray(0, 20)));
  if (new Set(coupons).size !== count) throw new CodeUnreadable("a duplicate coupon");
  const signatures = items.map((item) => item.slice(20));
  try {
    signatures.forEach(checkForm);
  } catch (error) {
    throw new CodeUnreadable("a malformed signature", { cause: error });
  }
  const spend: Spend = {
    scheme: readUint(bytes.subarray(1, 3)),
    shop: readUint(bytes.subarray(3, 7)),
    maxAmount: readUint(bytes.subarray(7, 11)),
    validUntil: readUint(bytes.subarray(11, 16)),
    nonce: readUint(bytes.subarray(16, 21)),
    coupons,
  };
  return { spend, signatures };
}

/** The text of the QR of a card's coupon. */
export function cardText({ scheme, key }: Card): string {
  return CARD_PREFIX + encodeBase45(concatBytes(Uint8Array.of(VERSION), uint(scheme, 2), key));
}

/** @throws CodeUnreadable */
export function readCard(text: string): Card {
  const bytes = decode(CARD_PREFIX, text);
  if (bytes.length !== CARD_BYTES || bytes[0] !== VERSION) {
    throw new CodeUnreadable("wrong length, or an unknown version");
  }
  const scheme = readUint(bytes.subarray(1, 3));
  const key = bytes.slice(3);
  const secret = number(key);
  if (scheme === 0 || secret === 0n || secret >= ORDER) {
    throw new CodeUnreadable("the scheme or the key is invalid");
  }
  return { scheme, key };
}

function decode(prefix: string, text: string): Uint8Array {
  if (!text.startsWith(prefix)) throw new CodeUnreadable("wrong prefix");
  try {
    return decodeBase45(text.slice(prefix.length)); // accepts canonical encodings only
  } catch (error) {
    throw new CodeUnreadable("not base45", { cause: error });
  }
}
