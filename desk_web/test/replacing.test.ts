/** What an officer opens of a lost letter, also with the keys of those who were in the same place before. */

import { expect, it } from "vitest";
import { letterText } from "web_shared/protocol/letters";
import { newIdentity, recipientOf, seal, sealLetter } from "web_shared/protocol/sealing";
import { type FormerKey, openLayer, readOpened, type Task } from "../src/core/replacing";

const SCHEME = 3;
const LOST = { scheme: SCHEME, secret: new Uint8Array(16).fill(1) };
const BLANK = { scheme: SCHEME, secret: new Uint8Array(16).fill(2) };

interface Holder {
  identity: string;
  recipient: string;
}

async function holder(): Promise<Holder> {
  const identity = await newIdentity();
  return { identity, recipient: await recipientOf(identity) };
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** A former key, sealed to the one after it. */
async function handedOver(former: Holder, next: Holder): Promise<FormerKey> {
  const sealed = await seal(new TextEncoder().encode(former.identity), next.recipient);
  return { recipient: former.recipient, next: next.recipient, sealed: base64(sealed) };
}

async function sealedTo(first: Holder, second: Holder): Promise<{ lost: Uint8Array; blank: Uint8Array }> {
  const both = [first.recipient, second.recipient] as const;
  return { lost: await sealLetter(letterText(LOST), both), blank: await sealLetter(letterText(BLANK), both) };
}

function task(place: 1 | 2, own: Holder, sealedFor: Holder, letters: { lost: Uint8Array; blank: Uint8Array | null }): Task {
  const { recipient } = sealedFor;
  const [lost, blank] = [letters.lost, letters.blank].map((each) => each && { recipient, sealed: base64(each) });
  return { place, own: own.recipient, former: [], scheme: SCHEME, lost: lost!, blank: blank ?? null };
}

it("takes one layer each, and gives the letters to who opens last", async () => {
  const [first, second] = [await holder(), await holder()];
  const letters = await sealedTo(first, second);
  const inner = await openLayer(task(2, second, second, letters), second.identity);
  const opened = await openLayer(task(1, first, first, inner), first.identity);
  expect(readOpened(opened, SCHEME)).toEqual({ lost: LOST, blank: BLANK });
  expect([...opened.lost, ...opened.blank!].every((byte) => byte === 0)).toBe(true);
});

it("opens what was sealed to a key before the former one, by the keys that were handed over", async () => {
  const [first, oldest, former, now] = await Promise.all([holder(), holder(), holder(), holder()]);
  const given = { ...task(2, now, oldest, await sealedTo(first, oldest)), former: [await handedOver(former, now), await handedOver(oldest, former)] };
  const inner = await openLayer(given, now.identity);
  expect(readOpened(await openLayer(task(1, first, first, inner), first.identity), SCHEME).lost).toEqual(LOST);
  const missing = { ...given, former: given.former.slice(0, 1) };
  await expect(openLayer(missing, now.identity)).rejects.toMatchObject({ code: "former_key_missing" });
});

it("opens nothing with the key of the other officer, and no letter of another scheme", async () => {
  const [first, second] = [await holder(), await holder()];
  const letters = await sealedTo(first, second);
  await expect(openLayer(task(2, first, first, letters), first.identity)).rejects.toMatchObject({ code: "letter_not_opened" });
  const inner = await openLayer(task(2, second, second, letters), second.identity);
  const opened = await openLayer(task(1, first, first, { ...inner, blank: null }), first.identity);
  expect(opened.blank).toBeNull();
  expect(() => readOpened(opened, SCHEME + 1)).toThrow("letter_not_opened");
});
