/**
 * Moves what is left to the letter's next generation, whose keys an old phone does not have, or to a blank letter. Each
 * coupon has a message of its own, because a Move publicly ties its coupons to each other.
 */

import { Refused } from "web_shared/api/problems";
import type { Coupon } from "web_shared/letter/coupons";
import { settle, signMove } from "web_shared/letter/moving";
import { keyOf, type Opened, openLetter } from "web_shared/letter/opening";
import type { NextKey } from "web_shared/letter/sync";
import type { Address } from "web_shared/protocol/bytes";
import type { Letter as Secret } from "web_shared/protocol/letters";
import type { Domain } from "web_shared/protocol/messages";
import type { Key } from "web_shared/protocol/signatures";
import { outcomeOf } from "./code";
import { joinKeys, splitKeys, withKeys } from "./keys";
import { leftBehind, type Letter, type Moves, waitingToMove } from "./model";
import type { Server } from "./server";
import type { State } from "./state";

/** Moves that are not urgent are sent at random moments within this time. */
const SPREAD_SECONDS = 3600;
/** A move that was sent, and that no file shows, is sent again after this time. */
const AGAIN_SECONDS = 60;

/**
 * Plan the moves of all coupons to the next generation, including empty ones, whose refunds the old phone could otherwise
 * spend.
 *
 * @param spread whether nobody else can spend meanwhile
 */
export function planMoves(state: State, secret: Secret, { coupons }: Opened, spread: boolean): Promise<Moves> {
  const next = coupons.map(({ generation, index }) => keyOf(secret, generation + 1, index));
  return plan(state, coupons, next, spread ? SPREAD_SECONDS : 0);
}

/** Plan to move all coupons, including empty ones, to a blank letter: each to the one with the same index. */
export async function planToFill(state: State, blank: Secret, { coupons }: Letter): Promise<Moves> {
  const next = coupons.map(({ index }) => keyOf(blank, 0, index));
  return { ...(await plan(state, coupons, next, 0)), blank: true };
}

/** @param within seconds in which they are sent, at random moments; 0 for at once */
async function plan(state: State, coupons: readonly Coupon[], next: Key[], within: number): Promise<Moves> {
  const { now } = state.view;
  const times = coupons.map(({ address }) => [address, now + (within > 0 ? randomBelow(within) : 0)] as const);
  const keys = await state.vault.seal(joinKeys(next));
  next.forEach((key) => key.fill(0));
  return { keys, due: Object.fromEntries(times) };
}

/**
 * Move the coupons at once, each until its outcome is known; those that were moved by an earlier attempt stay.
 *
 * @param targets the generations to which they are moved, by index
 * @throws Trouble `move_refused`, or `move_unsure` when an outcome stays unknown
 */
export async function moveAll(
  server: Server,
  secret: Secret,
  { coupons, keys }: Opened,
  targets: ReadonlyMap<number, number>,
  domain: Domain,
  now: number,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    coupons.map(async (coupon, place) => {
      const { index, generation } = coupon;
      if (generation >= targets.get(index)!) return;
      const next = keyOf(secret, generation + 1, index);
      const signed = signMove(secret.scheme, coupon, keys[place]!, next, domain, now);
      next.fill(0);
      await settle(server, signed, async () => {
        const after = await openLetter(server, secret);
        return after.coupons.some((each) => each.index === index && each.generation > generation);
      });
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Send the planned moves of a letter that are due, one after the other; a code that is open goes first. */
export async function sendDue(state: State, letter: Letter): Promise<void> {
  const { now, facts } = state.view;
  const { moves } = letter;
  if (!moves || !facts.ledger) return;
  const waiting = waitingToMove(letter);
  if (waiting.length === 0) {
    if (leftBehind(letter).length > 0) return;
    return state.changeLetter(letter.id, (latest) => ({ ...latest, moves: null }));
  }
  if (letter.code && outcomeOf(letter, letter.code, now) === "open") return;
  const due = waiting.filter(({ address }) => moves.due[address]! <= now);
  if (due.length === 0) return;
  const domain = facts.ledger;
  const next = await nextKeysOf(state, letter);
  await withKeys(state.vault, letter, async (keys) => {
    for (const coupon of due) {
      const { move, signatures } = signMove(
        letter.scheme, coupon, keys[letter.coupons.indexOf(coupon)]!, next(coupon)!.key, domain, now,
      );
      let taken = false;
      try {
        await state.server.move(move, signatures);
      } catch (error) {
        if (!(error instanceof Refused)) throw error; // the files tell what became of it
        taken = error.code === "coupon_exists";
      }
      await state.changeLetter(letter.id, (latest) => tried(latest, coupon.address, now + AGAIN_SECONDS, taken));
    }
  });
}

/** Makes the keys to which a letter's coupons are moved by its planned moves. */
export async function nextKeysOf(state: State, { moves, coupons }: Letter): Promise<NextKey> {
  if (!moves) return () => null;
  const places = new Map(coupons.map(({ index }, place) => [index, place]));
  const keys = splitKeys(await state.vault.unseal(moves.keys), coupons.length);
  return ({ index, generation }) => ({ key: keys[places.get(index)!]!, generation: moves.blank ? 0 : generation + 1 });
}

/** @param taken whether it was refused because its target exists */
function tried(letter: Letter, address: Address, again: number, taken: boolean): Letter {
  const { moves } = letter;
  if (!moves) return letter;
  const count = (moves.refusals?.[address] ?? 0) + (taken ? 1 : 0);
  const refusals = { ...moves.refusals, [address]: count };
  return { ...letter, moves: { ...moves, due: { ...moves.due, [address]: again }, refusals } };
}

function randomBelow(limit: number): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % limit;
}
