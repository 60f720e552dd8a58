/** Moving a coupon. Each has a message of its own, because a Move publicly ties its coupons to each other. */

import { Refused } from "../api/problems";
import { type LetterTroubleCode, Trouble } from "../device/trouble";
import { type Hex, toHex, ZERO_ADDRESS } from "../protocol/bytes";
import { type Domain, type Move, signMessage } from "../protocol/messages";
import { addressOf, type Key } from "../protocol/signatures";
import type { Coupon } from "./coupons";
import type { LetterServer } from "./server";

const POLLS = 20;
const POLL_MS = 1500;

export interface SignedMove {
  move: Move;
  signatures: Hex[];
}

/**
 * @param next the key of the coupon to which it is moved; null to give it back to the scheme
 * @param now the ledger's time in unix seconds
 */
export function signMove(scheme: number, coupon: Coupon, key: Key, next: Key | null, domain: Domain, now: number): SignedMove {
  const nonce = Math.max(now, coupon.lastNonce + 1);
  const move: Move = { scheme, nonce, from: [coupon.address], to: [next ? addressOf(next) : ZERO_ADDRESS] };
  const signers = next ? [key, next] : [key];
  return { move, signatures: signers.map((signer) => toHex(signMessage("Move", move, domain, signer))) };
}

/**
 * Send a move until its outcome is known. A refusal may mean that the move was carried out already and its answer was
 * lost, or that it is still pending.
 *
 * @throws Trouble `move_refused`, or `move_unsure` when the outcome stays unknown
 */
export async function settle(
  server: Pick<LetterServer, "move">,
  { move, signatures }: SignedMove,
  carriedOut: () => Promise<boolean>,
): Promise<void> {
  let waits = false;
  for (let poll = 0; poll < POLLS; poll++) {
    try {
      if ((await server.move(move, signatures)) === "settled") return;
      waits = true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (await carriedOut()) return;
      if (!waits) throw new Trouble<LetterTroubleCode>("move_refused");
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Trouble<LetterTroubleCode>("move_unsure");
}
