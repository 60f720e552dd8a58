/** The code that a till makes from a card's coupon, against the vectors of cards and codes. */

import { expect, it } from "vitest";
import { codeFromCard, codeText, readCard, readCode } from "../src/protocol/codes";
import { type Domain, signerOf } from "../src/protocol/messages";
import { vectors } from "./vectors";

const [CARD] = vectors<{ text: string; address: string }>("cards");
const [CODE] = vectors<{ text: string; domain: Domain; fields: { nonce: number; maxAmount: number } }>("codes");

it("is the code that the coupon's own key makes", () => {
  const { nonce, maxAmount } = CODE!.fields;
  expect(codeText(codeFromCard(readCard(CARD!.text), 0, maxAmount, nonce, CODE!.domain))).toBe(CODE!.text);
});

it("is for this shop, this amount and five minutes, and its key is wiped", () => {
  const card = readCard(CARD!.text);
  const { spend, signatures } = readCode(codeText(codeFromCard(card, 7, 4250, 1_800_000_000, CODE!.domain)));
  expect(spend).toEqual({
    scheme: 1, shop: 7, maxAmount: 4250, validUntil: 1_800_000_300, nonce: 1_800_000_000, coupons: [CARD!.address],
  });
  expect(signerOf("Spend", spend, CODE!.domain, signatures[0]!)).toBe(CARD!.address);
  expect(card.key.every((byte) => byte === 0)).toBe(true);
});
