/** Makes the code of a stored letter, with its keys. */

import { newCode, sameCode } from "./code";
import { withKeys } from "./keys";
import { type Letter, sameCoupons } from "./model";
import type { State } from "./state";
import { ParentTrouble } from "./trouble";

/**
 * Make a code for at most this amount in cents, unless the letter has the same one open.
 *
 * @param before cents that a code before this one paid of the same purchase
 * @throws ParentTrouble `not_ready`, `amount_too_high`
 */
export async function makeCode(state: State, letter: Letter, amount: number, shop: number, before = 0): Promise<void> {
  const domain = state.view.facts.ledger;
  if (domain === null) throw new ParentTrouble("not_ready");
  state.tick();
  const { now } = state.view;
  let other: Letter | null = null;
  await withKeys(state.vault, letter, (keys) =>
    state.changeLetter(letter.id, (latest) => {
      other = sameCoupons(latest, letter) ? null : latest;
      if (other || sameCode(latest, amount, shop, now)) return latest;
      const code = newCode(latest, keys, domain, amount, shop, now, before);
      return { ...latest, code, shownNonce: Math.max(latest.shownNonce, code.spend.nonce) };
    }),
  );
  if (other) await makeCode(state, other, amount, shop, before); // its coupons were found to be moved, and have other keys
}
