/** Signing of what the page shows, tested with the vectors. */

import { describe, expect, it, test } from "vitest";
import { fromHex, type Hex } from "web_shared/protocol/bytes";
import { officialCode } from "web_shared/protocol/enrolment";
import type { Decision, Domain } from "web_shared/protocol/messages";
import { addressOf } from "web_shared/protocol/signatures";
import { groupText } from "web_shared/protocol/base32";
import { isInvitation, proveKey, readInvited, readMessages, signIn, signShown } from "../src/core/signing";
import { troubleOf } from "../src/core/trouble";
import { vectors } from "./vectors";

interface Message {
  message: string;
  domain: Domain;
  fields: Decision;
  structHash: Hex;
  keys: Hex[];
  signatures: Hex[];
}

const ROWS = vectors<Message>("messages").filter(({ message, fields }) => message === "Decision" && fields.call !== "0x");
/** Signature by eth-account of the message below. */
const SIGN_IN_SIGNATURE =
  "0xf988e476276e8e905e6c157557cca258a89f55ead5f57baa37f3551c34b83c2ef7b611f2f99c3e6cdd65152f88281f0ffce4643a9643b4904ce0fdf0cb726269";
const { domain, keys } = ROWS[0]!;
const DECISIONS = ROWS.map(({ fields, structHash }) => ({ id: structHash, ...fields }));

function trouble(messages: unknown, type = "Decision"): string {
  try {
    readMessages(JSON.stringify({ domain, type, messages }));
    return "none";
  } catch (error) {
    return troubleOf(error);
  }
}

describe("decisions", () => {
  it("are signed as the vectors say, in their order", () => {
    expect(ROWS).toHaveLength(7);
    const shown = readMessages(JSON.stringify({ domain, type: "Decision", messages: DECISIONS }));
    expect(signShown(shown, fromHex(keys[0]!))).toEqual(ROWS.map(({ signatures }) => signatures[0]));
    const turned = { ...shown, messages: [...DECISIONS].reverse() };
    expect(signShown(turned, fromHex(keys[0]!)).reverse()).toEqual(ROWS.map(({ signatures }) => signatures[0]));
  });

  it.each([
    ["call", { call: `${DECISIONS[1]!.call.slice(0, -1)}1` }],
    ["validUntil", { validUntil: DECISIONS[1]!.validUntil + 1 }],
    ["nonce", { nonce: DECISIONS[1]!.nonce + 1 }],
    ["id", { id: DECISIONS[0]!.id }],
  ])("are not signed when %s of one is another than shown", (_, change) => {
    const [first, second, ...others] = DECISIONS;
    expect(trouble([first, { ...second, ...change }, ...others])).toBe("message_changed");
  });

  it.each([
    ["none", []],
    ["no list", 7],
    ["one without a call", [{ ...DECISIONS[0], call: undefined }]],
    ["a call that is no hex", [{ ...DECISIONS[0], call: "0xzz" }]],
    ["a nonce that is no number", [{ ...DECISIONS[0], nonce: "4000000000" }]],
  ])("that are %s cannot be read", (_, decisions) => {
    expect(trouble(decisions)).toBe("messages_unreadable");
  });
});

test("a decision is not signed as another message", () => {
  for (const type of ["Claim", "Move", "Other", "toString", ""]) {
    expect(trouble(DECISIONS, type)).toBe("messages_unreadable");
  }
});

test("the sign-in message is the same as that of the apps", () => {
  const place = { host: "kindpakket.example:8443", origin: "https://kindpakket.example:8443" };
  const challenge = { chainId: 77, nonce: "00112233445566778899aabbccddeeff" };
  const now = new Date("2027-01-15T08:00:00Z");
  const { message, signature } = signIn(place, challenge, now, new Uint8Array(32).fill(1));
  expect(message).toBe(
    "kindpakket.example:8443 wants you to sign in with your Ethereum account:\n" +
      "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1\n\n\n" +
      "URI: https://kindpakket.example:8443\nVersion: 1\nChain ID: 77\n" +
      "Nonce: 00112233445566778899aabbccddeeff\nIssued At: 2027-01-15T08:00:00.000Z",
  );
  expect(signature).toBe(SIGN_IN_SIGNATURE);
});

interface Enrolment {
  kind: string;
  why?: string;
  secret: Hex;
  text: string;
  link: string;
  spellings: string[];
  input: string;
  key: Hex;
  official: Hex;
  code: string;
  proof: Hex;
}

const enrolment = (kind: string): Enrolment[] => vectors<Enrolment>("enrolment").filter((row) => row.kind === kind);
const INVITATIONS = enrolment("official invitation").filter(({ why }) => why === undefined);

test.each(INVITATIONS)("invitation $text is accepted typed, and as a link or its fragment", ({ secret, text, link, spellings }) => {
  for (const given of [text, link, new URL(link).hash, ...spellings]) {
    expect(readInvited(given)).toEqual(fromHex(secret));
    expect(isInvitation(given)).toBe(true);
  }
});

test("other texts are not accepted as an invitation", () => {
  const shops = vectors<Enrolment>("enrolment").filter(({ kind, why }) => kind === "invitation" && why === undefined);
  const wrong = ["", "#", "#KO1.", `${INVITATIONS[0]!.link}0`, ...shops.flatMap(({ text, link }) => [text, link])];
  expect(wrong.filter(isInvitation)).toEqual([]);
});

test("a typing error in an invitation is located", () => {
  const { text } = INVITATIONS[0]!;
  const typed = groupText(text.slice(0, 17) + (text[17] === "5" ? "6" : "5") + text.slice(18));
  const problem = { kind: "groups", groups: [5] };
  expect(() => readInvited(typed)).toThrow(expect.objectContaining({ name: "Mistyped", problem }));
});

test.each(enrolment("official code"))("$code is the code of $official, who proves the key", (row) => {
  expect(officialCode(addressOf(fromHex(row.key)))).toBe(row.code);
  expect(proveKey(fromHex(row.key))).toEqual({ address: row.official, signature: row.proof });
});
