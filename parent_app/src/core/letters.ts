/** Whether a stored letter is of a secret. */

import { couponAddress } from "web_shared/protocol/keys";
import type { Letter as Secret } from "web_shared/protocol/letters";
import type { Coupon } from "web_shared/letter/coupons";
import { type Letter, notMoved } from "./model";

/**
 * Whether a stored letter has a coupon of this secret, in any generation. Coupons that were moved away do not count,
 * unless all were; then the first does.
 */
export function isOf(secret: Secret, letter: Letter): boolean {
  const here = notMoved(letter);
  return (here.length > 0 ? here : letter.coupons.slice(0, 1)).some((coupon) => isFrom(secret, letter, coupon));
}

/** Whether all coupons of a stored letter that were not moved away are of this secret. */
export function isAllOf(secret: Secret, letter: Letter): boolean {
  return notMoved(letter).every((coupon) => isFrom(secret, letter, coupon));
}

function isFrom(secret: Secret, { scheme }: Letter, { address, generation, index }: Coupon): boolean {
  return scheme === secret.scheme && address === couponAddress(secret, generation, index);
}
