/** The letter: 16 secret bytes for one scheme, and its text of 36 characters. */

import { groupText, normalise, decodeChecked, encodeChecked, TextUnreadable } from "./base32";
import { concatBytes, readUint, uint } from "./bytes";

export { normalise, TextUnreadable as LetterUnreadable };

/** The most coupons of a letter; their indexes start at 0. */
export const MAX_COUPONS = 32;

export const LETTER_CHARACTERS = 36;

const VERSION = 1;
const BYTES = 19;
const QR_PREFIX = "#KL1.";

/** The secret is as good as cash: it must not reach a log or a server. */
export interface Letter {
  readonly scheme: number;
  readonly secret: Uint8Array;
}

/** The letter text: 36 characters, without dashes. */
export function letterText(letter: Letter): string {
  return encodeChecked(concatBytes(Uint8Array.of(VERSION), uint(letter.scheme, 2), letter.secret));
}

/** As printed: groups of four with dashes; also for an incomplete text. */
export function groupLetterText(text: string): string {
  return groupText(text);
}

/** @throws LetterUnreadable */
export function readLetter(text: string): Letter {
  const body = decodeChecked(text, BYTES, VERSION);
  const scheme = readUint(body.subarray(1, 3));
  if (scheme === 0) throw new TextUnreadable({ kind: "check" });
  return { scheme, secret: body.slice(3) };
}

/**
 * Read the URL in a letter's QR, or the fragment of such a URL.
 *
 * @throws LetterUnreadable
 */
export function readLetterLink(link: string): Letter {
  const start = link.indexOf(QR_PREFIX);
  if (start === -1) throw new TextUnreadable({ kind: "characters", wrong: [] });
  return readLetter(link.slice(start + QR_PREFIX.length));
}

/** The URL in a letter's QR. The secret is in its fragment, which browsers do not send to a server. */
export function letterLink(letter: Letter, appAddress: string): string {
  return `${appAddress.replace(/\/+$/, "")}/${QR_PREFIX}${letterText(letter)}`;
}
