/** Moves what is left to the letter's next generation, whose keys an old phone does not have. */

import { Refused } from "web_shared/api/problems";
import { type Hex, toHex } from "web_shared/protocol/bytes";
import { couponKey } from "web_shared/protocol/keys";
import type { Letter as Secret } from "web_shared/protocol/letters";
import { type Domain, type Move, signMessage } from "web_shared/protocol/messages";
import { addressOf } from "web_shared/protocol/signatures";
import { type Opened, openLetter } from "./letters";
import type { Server } from "./server";
import { ParentTrouble } from "./trouble";

const POLLS = 20;
const POLL_MS = 1500;

/**
 * Move every coupon, including empty ones, whose refunds the old phone could otherwise spend.
 *
 * @returns the letter after the move
 * @throws ParentTrouble `move_refused`, or `move_unsure` when the outcome stays unknown
 */
export async function moveLetter(
  server: Server,
  secret: Secret,
  opened: Opened,
  domain: Domain,
  now: number,
): Promise<Opened> {
  const generation = newestOf(opened);
  const next = opened.coupons.map(({ generation, index }) => couponKey(secret, generation + 1, index));
  const signers = [...opened.keys, ...next];
  const move: Move = {
    scheme: secret.scheme,
    nonce: Math.max(now, ...opened.coupons.map(({ lastNonce }) => lastNonce + 1)),
    from: opened.coupons.map(({ address }) => address),
    to: next.map(addressOf),
  };
  const signatures = signers.map((key) => toHex(signMessage("Move", move, domain, key)));
  const carriedOut = async (): Promise<boolean> => newestOf(await openLetter(server, secret)) > generation;
  await settle(server, move, signatures, carriedOut);
  const after = await openLetter(server, secret);
  next.forEach((key) => key.fill(0));
  return after;
}

function newestOf({ coupons }: Opened): number {
  return Math.max(...coupons.map((coupon) => coupon.generation));
}

/**
 * Send a move until its outcome is known. A refusal may mean that the move was carried out already and its answer was
 * lost, or that it is still pending.
 */
async function settle(
  server: Server,
  move: Move,
  signatures: Hex[],
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
      if (!waits) throw new ParentTrouble("move_refused");
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new ParentTrouble("move_unsure");
}
