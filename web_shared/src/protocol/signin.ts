/** The message with which a key signs in (ERC-4361). */

import type { Address } from "./bytes";
import { checksumAddress } from "./signatures";

/** Where the page is: a message names it, so that a page elsewhere gets no session with it. */
export interface Place {
  host: string;
  origin: string;
}

export function signInMessage(
  { host, origin }: Place,
  address: Address,
  chainId: number,
  nonce: string,
  issuedAt: Date,
): string {
  return [
    `${host} wants you to sign in with your Ethereum account:`,
    checksumAddress(address),
    "", // where a statement could be
    "",
    `URI: ${origin}`,
    "Version: 1",
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt.toISOString()}`,
  ].join("\n");
}
