/** Enrolment, tested with the vectors that Python is tested with. */

import { describe, expect, it, test } from "vitest";
import { groupText, TextUnreadable } from "../src/protocol/base32";
import type { Address, Hash } from "../src/protocol/bytes";
import { toHex } from "../src/protocol/bytes";
import { CodeUnreadable } from "../src/protocol/codes";
import {
  INVITATION_CHARACTERS,
  invitationLink,
  invitationText,
  makeTillRequest,
  OFFICIAL_CHARACTERS,
  officialCode,
  officialInvitationLink,
  officialInvitationText,
  ownerCode,
  proofCode,
  RECOVERY_CHARACTERS,
  readInvitation,
  readInvitationLink,
  readOfficialInvitation,
  readOfficialInvitationLink,
  readProofCode,
  readRecovery,
  readRecoveryLink,
  readTillRequest,
  recoveryLink,
  recoveryText,
  tillRequestText,
} from "../src/protocol/enrolment";
import type { Domain } from "../src/protocol/messages";
import { addressOf } from "../src/protocol/signatures";
import { raw, vectors } from "./vectors";

interface Row {
  kind:
    | "invitation"
    | "owner code"
    | "official invitation"
    | "official code"
    | "till request"
    | "recovery sheet"
    | "proof code";
  why?: string;
  input: string;
  shop: number;
  secret: string;
  key: string;
  owner: Address;
  official: Address;
  code: string;
  text: string;
  grouped: string;
  app: string;
  link: string;
  spellings: string[];
  domain: Domain;
  till: Address;
  nonce: number;
  signature: string;
  payment: Hash;
  proof: string;
}

const ROWS = vectors<Row>("enrolment");
const rows = (kind: Row["kind"]): Row[] => ROWS.filter((row) => row.kind === kind && row.why === undefined);

describe.each(rows("invitation"))("invitation $text", (row) => {
  const invitation = { shop: row.shop, secret: raw(row.secret) };

  it("is written one way", () => {
    expect(row.text).toHaveLength(INVITATION_CHARACTERS);
    expect(invitationText(invitation)).toBe(row.text);
    expect(invitationLink(invitation, row.app)).toBe(row.link);
  });

  it("is read in many", () => {
    for (const text of [row.text, ...row.spellings]) expect(readInvitation(text)).toEqual(invitation);
    expect(readInvitationLink(row.link)).toEqual(invitation);
    expect(readInvitationLink(new URL(row.link).hash)).toEqual(invitation);
  });
});

describe.each(rows("recovery sheet"))("recovery sheet $text", (row) => {
  const recovery = { shop: row.shop, key: raw(row.key) };

  it("is written one way", () => {
    expect(row.text).toHaveLength(RECOVERY_CHARACTERS);
    expect(recoveryText(recovery)).toBe(row.text);
    expect(groupText(row.text)).toBe(row.grouped);
    expect(recoveryLink(recovery, row.app)).toBe(row.link);
    expect(addressOf(recovery.key)).toBe(row.owner);
  });

  it("is read in many", () => {
    for (const text of [row.text, ...row.spellings]) expect(readRecovery(text)).toEqual(recovery);
    expect(readRecoveryLink(row.link)).toEqual(recovery);
  });
});

test.each(rows("owner code"))("owner code $code", (row) => {
  expect(ownerCode(row.shop, row.owner)).toBe(row.code);
});

describe.each(rows("official invitation"))("official's invitation $text", (row) => {
  const secret = raw(row.secret);

  it("is written one way", () => {
    expect(row.text).toHaveLength(OFFICIAL_CHARACTERS);
    expect(officialInvitationText(secret)).toBe(row.text);
    expect(officialInvitationLink(secret, row.app)).toBe(row.link);
  });

  it("is read in many", () => {
    for (const text of [row.text, ...row.spellings]) expect(readOfficialInvitation(text)).toEqual(secret);
    expect(readOfficialInvitationLink(row.link)).toEqual(secret);
    expect(readOfficialInvitationLink(new URL(row.link).hash)).toEqual(secret);
  });
});

test.each(rows("official code"))("official code $code", (row) => {
  expect(addressOf(raw(row.key))).toBe(row.official);
  expect(officialCode(row.official)).toBe(row.code);
});

test.each(rows("till request"))("till request $text", (row) => {
  const request = makeTillRequest(row.shop, row.nonce, row.domain, raw(row.key));
  expect(request.till).toBe(row.till);
  expect(toHex(request.signature)).toBe(row.signature);
  expect(tillRequestText(request)).toBe(row.text);
  expect(readTillRequest(row.text, row.domain)).toEqual(request);
});

test.each(rows("proof code"))("proof code $proof", (row) => {
  expect(proofCode(row.payment)).toBe(row.proof);
  for (const text of [row.proof, ...row.spellings]) expect(readProofCode(text)).toBe(row.proof);
});

const READERS = {
  invitation: [readInvitation, TextUnreadable],
  "owner code": null,
  "official invitation": [readOfficialInvitation, TextUnreadable],
  "official code": null,
  "till request": [readTillRequest, CodeUnreadable],
  "recovery sheet": [readRecovery, TextUnreadable],
  "proof code": [readProofCode, TextUnreadable],
} as const;

test.each(ROWS.filter(({ why }) => why !== undefined))("$kind refused: $why", ({ kind, input, domain }) => {
  const [read, error] = READERS[kind]!;
  expect(() => read(input, domain)).toThrow(error);
});

test("another app's link is refused", () => {
  const [invitation, recovery] = [rows("invitation")[0]!, rows("recovery sheet")[0]!];
  expect(() => readInvitationLink(recovery.link)).toThrow(TextUnreadable);
  expect(() => readRecoveryLink(invitation.link)).toThrow(TextUnreadable);
  expect(() => readOfficialInvitationLink(invitation.link)).toThrow(TextUnreadable);
});
