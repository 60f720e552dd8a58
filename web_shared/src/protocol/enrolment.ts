/** Enrolment of devices of shops and officials: invitations, codes to compare, till requests; and the proof code. */

import { sha256 } from "@noble/hashes/sha2.js";
import { encodeBase32, groupText, decodeChecked, normaliseValid, encodeChecked, TextUnreadable } from "./base32";
import { decodeBase45, encodeBase45 } from "./base45";
import { type Address, concatBytes, fromHex, type Hex, readUint, toHex, uint } from "./bytes";
import { CodeUnreadable } from "./codes";
import { type Domain, signerOf, signMessage, type TillChange } from "./messages";
import { addressOf, type Key, number, ORDER, SIGNATURE_BYTES } from "./signatures";

export const INVITATION_PREFIX = "#KI1.";
export const OFFICIAL_PREFIX = "#KO1.";
export const RECOVERY_PREFIX = "#KR1.";
export const TILL_PREFIX = "KT1:";

export const INVITATION_CHARACTERS = 39;
export const OFFICIAL_CHARACTERS = 32;
export const RECOVERY_CHARACTERS = 64;
export const PROOF_CHARACTERS = 10;

const VERSION = 1;
const SHOP_APP = "/winkel/";
const NEW_OFFICIAL = "/gemeente/nieuw";
const SECRET_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = 5; // version and shop
const REQUEST_BYTES = HEAD_BYTES + 20 + 5 + SIGNATURE_BYTES;
const CODE_CHARACTERS = 12;

/** The municipality's invitation to a shop, for one owner key. */
export interface Invitation {
  readonly shop: number;
  readonly secret: Uint8Array;
}

/** The recovery sheet: the owner's key on paper. */
export interface Recovery {
  readonly shop: number;
  readonly key: Key;
}

/** A device's request to become a till: its signature of the TillChange that the owner is to sign too. */
export interface TillRequest {
  readonly shop: number;
  readonly till: Address;
  /** Unix seconds when it was made. */
  readonly nonce: number;
  readonly signature: Uint8Array;
}

export function invitationText({ shop, secret }: Invitation): string {
  return encodeChecked(withHead(shop, secret));
}

export function invitationLink(invitation: Invitation, appAddress: string): string {
  return link(appAddress, SHOP_APP, INVITATION_PREFIX, invitationText(invitation));
}

/** @throws TextUnreadable */
export function readInvitation(text: string): Invitation {
  const [shop, secret] = readWithHead(text, SECRET_BYTES);
  return { shop, secret };
}

/** @throws TextUnreadable */
export function readInvitationLink(link: string): Invitation {
  return readInvitation(afterPrefix(INVITATION_PREFIX, link));
}

/** The owner code: officials compare it with the shop's screen before they admit this owner. */
export function ownerCode(shop: number, owner: Address): string {
  return comparisonCode("kindpakket/v1 owner", uint(shop, 4), fromHex(owner, 20));
}

export function officialInvitationText(secret: Uint8Array): string {
  return encodeChecked(concatBytes(Uint8Array.of(VERSION), secret));
}

export function officialInvitationLink(secret: Uint8Array, site: string): string {
  return link(site, NEW_OFFICIAL, OFFICIAL_PREFIX, officialInvitationText(secret));
}

/**
 * The secret of an official's invitation.
 *
 * @throws TextUnreadable
 */
export function readOfficialInvitation(text: string): Uint8Array {
  return decodeChecked(text, 1 + SECRET_BYTES, VERSION).slice(1);
}

/** @throws TextUnreadable */
export function readOfficialInvitationLink(link: string): Uint8Array {
  return readOfficialInvitation(afterPrefix(OFFICIAL_PREFIX, link));
}

/** The official code: an official compares it with the new official before the decision. */
export function officialCode(official: Address): string {
  return comparisonCode("kindpakket/v1 official", fromHex(official, 20));
}

export function recoveryText({ shop, key }: Recovery): string {
  return encodeChecked(withHead(shop, key));
}

export function recoveryLink(recovery: Recovery, appAddress: string): string {
  return link(appAddress, SHOP_APP, RECOVERY_PREFIX, recoveryText(recovery));
}

/** @throws TextUnreadable */
export function readRecovery(text: string): Recovery {
  const [shop, key] = readWithHead(text, KEY_BYTES);
  if (number(key) === 0n || number(key) >= ORDER) throw new TextUnreadable({ kind: "check" });
  return { shop, key };
}

/** @throws TextUnreadable */
export function readRecoveryLink(link: string): Recovery {
  return readRecovery(afterPrefix(RECOVERY_PREFIX, link));
}

export function makeTillRequest(shop: number, nonce: number, domain: Domain, key: Key): TillRequest {
  const till = addressOf(key);
  return { shop, till, nonce, signature: signMessage("TillChange", activation({ shop, till, nonce }), domain, key) };
}

/** The message that owner and till both sign. */
export function activation({ shop, till, nonce }: Omit<TillRequest, "signature">): TillChange {
  return { shop, till, active: true, nonce };
}

export function tillRequestText({ shop, till, nonce, signature }: TillRequest): string {
  const head = withHead(shop, fromHex(till, 20));
  return TILL_PREFIX + encodeBase45(concatBytes(head, uint(nonce, 5), signature));
}

/** @throws CodeUnreadable when it is no till request, or not signed by its till for this ledger. */
export function readTillRequest(text: string, domain: Domain): TillRequest {
  if (!text.startsWith(TILL_PREFIX)) throw new CodeUnreadable("wrong prefix");
  try {
    const request = parseTillRequest(decodeBase45(text.slice(TILL_PREFIX.length)));
    const signer = signerOf("TillChange", activation(request), domain, request.signature);
    if (signer !== request.till) throw new RangeError("signed by another key");
    return request;
  } catch (error) {
    throw new CodeUnreadable("not a till request", { cause: error });
  }
}

/** The proof code, by which anyone can look up a payment; of its id, or of at least the first seven bytes of that. */
export function proofCode(payment: Hex): string {
  return groupText(encodeBase32(fromHex(payment)).slice(0, PROOF_CHARACTERS), 5);
}

/**
 * Normalise a proof code that somebody typed.
 *
 * @throws TextUnreadable
 */
export function readProofCode(text: string): string {
  return groupText(normaliseValid(text, PROOF_CHARACTERS), 5);
}

function withHead(shop: number, rest: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint(shop, 4), rest);
}

function readWithHead(text: string, length: number): [number, Uint8Array] {
  const body = decodeChecked(text, HEAD_BYTES + length, VERSION);
  const shop = readUint(body.subarray(1, HEAD_BYTES));
  if (shop === 0) throw new TextUnreadable({ kind: "check" });
  return [shop, body.slice(HEAD_BYTES)];
}

function parseTillRequest(bytes: Uint8Array): TillRequest {
  if (bytes.length !== REQUEST_BYTES || bytes[0] !== VERSION) throw new RangeError("wrong length or version");
  const shop = readUint(bytes.subarray(1, HEAD_BYTES));
  if (shop === 0) throw new RangeError("no shop");
  return {
    shop,
    till: toHex(bytes.subarray(HEAD_BYTES, 25)),
    nonce: readUint(bytes.subarray(25, 30)),
    signature: bytes.slice(30),
  };
}

function afterPrefix(prefix: string, link: string): string {
  const start = link.indexOf(prefix);
  if (start === -1) throw new TextUnreadable({ kind: "characters", wrong: [] });
  return link.slice(start + prefix.length);
}

function link(site: string, folder: string, prefix: string, text: string): string {
  return `${site.replace(/\/+$/, "")}${folder}${prefix}${text}`;
}

function comparisonCode(label: string, ...parts: Uint8Array[]): string {
  const hash = sha256(concatBytes(new TextEncoder().encode(label), ...parts));
  return groupText(encodeBase32(hash).slice(0, CODE_CHARACTERS));
}
