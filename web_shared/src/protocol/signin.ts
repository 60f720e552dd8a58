/** The sign-in message (ERC-4361). */

import type { Address } from "./bytes";
import { checksumAddress } from "./signatures";

/** The page's location. The message contains it, so that a signature made on another site gives no session here. */
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
    "", // no statement
    "",
    `URI: ${origin}`,
    "Version: 1",
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt.toISOString()}`,
  ].join("\n");
}
