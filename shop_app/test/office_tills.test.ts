import { describe, expect, it } from "vitest";
import { makeTillRequest, readTillRequest, tillRequestText } from "web_shared/protocol/enrolment";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { searchShops } from "../src/core/office/shops";
import { titleOf, plainRequest } from "../src/core/office/tills";

const DOMAIN = { name: "Kindpakket", version: "1", chainId: 7, verifyingContract: `0x${"11".repeat(20)}` };
const KEY = generateKey();
const NONE = { refunds: false, books: false };

it("a till request is read with line breaks and outer spaces from copying, and keeps its own spaces", () => {
  const texts = Array.from({ length: 50 }, (_, nonce) => tillRequestText(makeTillRequest(7, nonce, DOMAIN, KEY)));
  expect(texts.some((text) => text.includes(" "))).toBe(true);
  for (const text of texts) {
    const copied = `  ${text.slice(0, 70)}\r\n${text.slice(70)}\n`.toLowerCase();
    expect(plainRequest(copied)).toBe(text);
    expect(readTillRequest(plainRequest(copied), DOMAIN).till).toBe(addressOf(KEY));
  }
});

describe("the list of shops", () => {
  const shops = [
    { id: 12, name: "Boekhandel Bé", address: "Kerkstraat 2" },
    { id: 3, name: "De Fietsenmaker", address: "Hoofdstraat 1" },
  ];

  it("is searched by name, address or number, without accents", () => {
    const found = (words: string): number[] => searchShops(shops, words).map(({ id }) => id);
    expect(found("")).toEqual([12, 3]);
    expect(found("be kerk")).toEqual([12]);
    expect(found("12")).toEqual([12]);
    expect(found("fiets bakker")).toEqual([]);
  });
});

it("a till without a name has the mark of its address as title", () => {
  const till = `0x${"ab".repeat(20)}` as const;
  expect(titleOf({ till, name: null, active: true, rights: NONE })).toBe("ABAB-ABAB");
  expect(titleOf({ till, name: "Toonbank", active: true, rights: NONE })).toBe("Toonbank");
});
