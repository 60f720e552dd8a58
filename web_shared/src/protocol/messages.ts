/** The signed messages (EIP-712): their struct hashes, digests and signatures. */

import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Address, concatBytes, fromHex, type Hash, type Hex, toHex, uint } from "./bytes";
import { type Key, recover, sign } from "./signatures";

const encoder = new TextEncoder();

/** The EIP-712 domain: a signature is valid for one contract on one chain. */
export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: string;
}

/** Signed by the parent's device, once for each coupon: these may be debited together, at most once for this nonce. */
export interface Spend {
  readonly scheme: number;
  /** 0 for any admitted shop. */
  readonly shop: number;
  readonly maxAmount: number;
  readonly validUntil: number;
  readonly nonce: number;
  readonly coupons: readonly Address[];
}

/** Signed by a till. Its hash is the payment's id. */
export interface Claim {
  readonly spend: Hash;
  readonly shop: number;
  readonly amount: number;
  /** Whether less may be paid when the maximum or the budget is lower than the amount. */
  readonly rest: boolean;
  readonly reference: number;
}

/** Signed by an active till of the shop that was paid. */
export interface Refund {
  readonly payment: Hash;
  readonly shop: number;
  readonly amount: number;
  readonly validUntil: number;
  readonly reference: number;
}

/** Signed by the shop's owner, and for an activation also by the till. */
export interface TillChange {
  readonly shop: number;
  readonly till: Address;
  readonly active: boolean;
  readonly nonce: number;
}

/** Signed by every `from` and every `to`; a `to` of address zero gives the amount back to the scheme. */
export interface Move {
  readonly scheme: number;
  readonly nonce: number;
  readonly from: readonly Address[];
  readonly to: readonly Address[];
}

/** Signed by officials: a call of a governed function. */
export interface Decision {
  readonly call: Hex;
  readonly validUntil: number;
  readonly nonce: number;
}

/** A shop's bank account, signed by its owner or by two officials. It is not sent to the ledger. */
export interface BankAccount {
  readonly shop: number;
  /** In the form of `compactIban`. */
  readonly iban: string;
  /** In the form of `tidyHolder`. */
  readonly holder: string;
  readonly nonce: number;
}

/** Signed by two officials: the bank refused a whole payment file. It is not sent to the ledger. */
export interface PaymentFileRefused {
  readonly batch: number;
  readonly sha256OfFile: Hash;
  readonly nonce: number;
}

/** Signed by two officials: letters are sealed to this official's key. It is not sent to the ledger. */
export interface PrivacyOfficer {
  /** 1 or 2: the order in which letters are sealed. */
  readonly place: number;
  readonly official: Address;
  /** The public key, `age1…`. */
  readonly recipient: string;
  readonly nonce: number;
}

/** Signed by two officials: what is left of a lost letter goes to a blank one. It is not sent to the ledger. */
export interface LetterReplacement {
  /** With `number`, of the letter or card that was lost. */
  readonly run: number;
  readonly number: number;
  /** 0, with `blankNumber` 0, when what is left goes back to the scheme. */
  readonly blankRun: number;
  readonly blankNumber: number;
  readonly reason: string;
  readonly nonce: number;
}

/** Signed by an official: this account may read what the official may. It is not sent to the ledger. */
export interface WorkAccount {
  /** As in the account's tokens (OpenID Connect). */
  readonly issuer: string;
  readonly subject: string;
  readonly nonce: number;
}

interface Messages {
  Spend: Spend;
  Claim: Claim;
  Refund: Refund;
  TillChange: TillChange;
  Move: Move;
  Decision: Decision;
  BankAccount: BankAccount;
  PaymentFileRefused: PaymentFileRefused;
  PrivacyOfficer: PrivacyOfficer;
  LetterReplacement: LetterReplacement;
  WorkAccount: WorkAccount;
}

export type MessageName = keyof Messages;

type Fields = readonly string[];

const TYPES: { readonly [name in MessageName]: Fields } = {
  Spend: [
    "uint16 scheme",
    "uint32 shop",
    "uint32 maxAmount",
    "uint40 validUntil",
    "uint40 nonce",
    "address[] coupons",
  ],
  Claim: ["bytes32 spend", "uint32 shop", "uint32 amount", "bool rest", "uint64 reference"],
  Refund: [
    "bytes32 payment",
    "uint32 shop",
    "uint32 amount",
    "uint40 validUntil",
    "uint64 reference",
  ],
  TillChange: ["uint32 shop", "address till", "bool active", "uint40 nonce"],
  Move: ["uint16 scheme", "uint40 nonce", "address[] from", "address[] to"],
  Decision: ["bytes call", "uint40 validUntil", "uint40 nonce"],
  BankAccount: ["uint32 shop", "string iban", "string holder", "uint40 nonce"],
  PaymentFileRefused: ["uint32 batch", "bytes32 sha256OfFile", "uint40 nonce"],
  PrivacyOfficer: ["uint8 place", "address official", "string recipient", "uint40 nonce"],
  LetterReplacement: [
    "uint32 run",
    "uint16 number",
    "uint32 blankRun",
    "uint16 blankNumber",
    "string reason",
    "uint40 nonce",
  ],
  WorkAccount: ["string issuer", "string subject", "uint40 nonce"],
};

const DOMAIN_TYPE: Fields = [
  "string name",
  "string version",
  "uint256 chainId",
  "address verifyingContract",
];

/** `hashStruct` of a message: its id, and the id of the payment or other record that it creates. */
export function hashMessage<N extends MessageName>(name: N, message: Messages[N]): Hash {
  return toHex(hashStruct(name, TYPES[name], message));
}

export function domainSeparator(domain: Domain): Uint8Array {
  return hashStruct("EIP712Domain", DOMAIN_TYPE, domain);
}

/** The 32-byte EIP-712 digest that is signed. */
export function digest<N extends MessageName>(
  name: N,
  message: Messages[N],
  domain: Domain,
): Uint8Array {
  const hash = hashStruct(name, TYPES[name], message);
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domainSeparator(domain), hash));
}

/** The 64-byte signature of a message by this key. */
export function signMessage<N extends MessageName>(
  name: N,
  message: Messages[N],
  domain: Domain,
  key: Key,
): Uint8Array {
  return sign(digest(name, message, domain), key);
}

/**
 * The address that signed a message.
 *
 * @throws SignatureMalformed
 */
export function signerOf<N extends MessageName>(
  name: N,
  message: Messages[N],
  domain: Domain,
  signature: Uint8Array,
): Address {
  return recover(digest(name, message, domain), signature);
}

/** A random number below 2^53, so that two equal sales have different claims. */
export function randomReference(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high! >>> 11) * 2 ** 32 + low!;
}

function hashStruct(name: string, fields: Fields, values: object): Uint8Array {
  const type = keccak_256(encoder.encode(`${name}(${fields.join(",")})`));
  const slots = fields.map((declaration) => {
    const [kind, field] = declaration.split(" ") as [string, string];
    return encodeField(kind, (values as Record<string, unknown>)[field]);
  });
  return keccak_256(concatBytes(type, ...slots));
}

function encodeField(kind: string, value: unknown): Uint8Array {
  switch (kind) {
    case "address":
      return padded(fromHex(value as string, 20));
    case "address[]":
      return keccak_256(concatBytes(...(value as string[]).map((a) => padded(fromHex(a, 20)))));
    case "bool":
      return uint(value === true ? 1 : 0, 32);
    case "bytes32":
      return fromHex(value as string, 32);
    case "bytes":
      return keccak_256(fromHex(value as string));
    case "string":
      return keccak_256(encoder.encode(value as string));
    default: // uintN: a number that is too large is an error, and is not truncated
      return padded(uint(value as number, Number(kind.slice("uint".length)) / 8));
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(32 - bytes.length), bytes);
}
