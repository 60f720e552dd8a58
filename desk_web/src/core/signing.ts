/** The signatures of an official: a sign-in, messages of the protocol, and the proof of possession of a new key. */

import type { Address, Hash, Hex } from "web_shared/protocol/bytes";
import { toHex } from "web_shared/protocol/bytes";
import { OFFICIAL_PREFIX, readOfficialInvitation, readOfficialInvitationLink } from "web_shared/protocol/enrolment";
import { type Domain, hashMessage, type MessageName, signMessage } from "web_shared/protocol/messages";
import { addressOf, type Key, signText } from "web_shared/protocol/signatures";
import { type Place, signInMessage } from "web_shared/protocol/signin";
import { Mistyped, OFFICIAL_INVITATION, findTypingError } from "web_shared/protocol/typed";
import { DeskTrouble } from "./trouble";

/** Messages of one type that are signed together, each with its id as shown by the page. */
export interface Shown {
  domain: Domain;
  type: MessageName;
  messages: readonly ({ id: Hash } & object)[];
}

export interface Challenge {
  chainId: number;
  nonce: string;
}

export function signIn(place: Place, { chainId, nonce }: Challenge, now: Date, key: Key): { message: string; signature: Hex } {
  const message = signInMessage(place, addressOf(key), chainId, nonce, now);
  return { message, signature: toHex(signText(message, key)) };
}

/**
 * Parse the messages in a page's JSON, and check that each has the hash of its id.
 *
 * @throws DeskTrouble `messages_unreadable`, `message_changed`
 */
export function readMessages(json: string): Shown {
  const [shown, ids] = hashed(json);
  if (shown.messages.some(({ id }, place) => id !== ids[place])) throw new DeskTrouble("message_changed");
  return shown;
}

function hashed(json: string): [Shown, Hash[]] {
  try {
    const shown = JSON.parse(json) as Shown;
    if (shown.messages.length === 0) throw new RangeError("nothing to sign");
    return [shown, shown.messages.map((message) => hashMessage(shown.type, message as never))];
  } catch {
    throw new DeskTrouble("messages_unreadable");
  }
}

/** The signatures of the messages, in their order. */
export function signShown({ domain, type, messages }: Shown, key: Key): Hex[] {
  return messages.map((message) => toHex(signMessage(type, message as never, domain, key)));
}

/** Proof of possession of a key. */
export function proveKey(key: Key): { address: Address; signature: Hex } {
  const address = addressOf(key);
  return { address, signature: toHex(signText(`Kindpakket: ${address} is mijn sleutel`, key)) };
}

/**
 * The secret of an official's invitation, from a link or typed text.
 *
 * @throws TextUnreadable for a link
 * @throws Mistyped for typed text
 */
export function readInvited(text: string): Uint8Array {
  if (text.includes(OFFICIAL_PREFIX)) return readOfficialInvitationLink(text);
  const problem = findTypingError(text, OFFICIAL_INVITATION);
  if (problem) throw new Mistyped(problem);
  return readOfficialInvitation(text);
}

export function isInvitation(text: string): boolean {
  try {
    return readInvited(text).length > 0;
  } catch {
    return false;
  }
}
