/** What an officer opens of a lost letter, also with the keys of those who were in the same place before. */

import { expect, it } from "vitest";
import { letterText } from "web_shared/protocol/letters";
import { newIdentity, recipientOf, seal, sealLetter, unseal, unsealKey } from "web_shared/protocol/sealing";
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

interface Both {
  lost: Uint8Array;
  blank: Uint8Array | null;
}

/** @param outer what the second officer handed in; null for that officer */
function task(place: 1 | 2, own: Holder, sealedFor: Holder, letters: Both, outer: Both | null = null): Task {
  const { recipient } = sealedFor;
  const given = (name: "lost" | "blank") => {
    const [sealed, key] = [letters[name], outer?.[name]];
    return sealed && { recipient, sealed: base64(sealed), outer: key ? base64(key) : null };
  };
  return { place, own: own.recipient, former: [], scheme: SCHEME, lost: given("lost")!, blank: given("blank") };
}

it("takes one layer each, and gives the letters to who opens last", async () => {
  const [first, second] = [await holder(), await holder()];
  const letters = await sealedTo(first, second);
  const keys = await openLayer(task(2, second, second, letters), second.identity);
  expect([keys.lost.length, keys.blank!.length]).toEqual([16, 16]);
  const opened = await openLayer(task(1, first, first, letters, keys), first.identity);
  expect(readOpened(opened, SCHEME)).toEqual({ lost: LOST, blank: BLANK });
  expect([...opened.lost, ...opened.blank!].every((byte) => byte === 0)).toBe(true);
});

it("opens what was sealed to a key before the former one, by the keys that were handed over", async () => {
  const [first, oldest, former, now] = await Promise.all([holder(), holder(), holder(), holder()]);
  const letters = await sealedTo(first, oldest);
  const given = { ...task(2, now, oldest, letters), former: [await handedOver(former, now), await handedOver(oldest, former)] };
  const keys = await openLayer(given, now.identity);
  expect(readOpened(await openLayer(task(1, first, first, letters, keys), first.identity), SCHEME).lost).toEqual(LOST);
  const missing = { ...given, former: given.former.slice(0, 1) };
  await expect(openLayer(missing, now.identity)).rejects.toMatchObject({ code: "former_key_missing" });
});

it("opens nothing with the key of the other officer, and no letter of another scheme", async () => {
  const [first, second] = [await holder(), await holder()];
  const letters = await sealedTo(first, second);
  await expect(openLayer(task(2, first, first, letters), first.identity)).rejects.toMatchObject({ code: "letter_not_opened" });
  const keys = await openLayer(task(2, second, second, letters), second.identity);
  const opened = await openLayer(task(1, first, first, { ...letters, blank: null }, keys), first.identity);
  expect(opened.blank).toBeNull();
  expect(() => readOpened(opened, SCHEME + 1)).toThrow("letter_not_opened");
});

it("opens only what was sealed when the letters were made, whatever the second officer hands in", async () => {
  const [first, second] = [await holder(), await holder()];
  const letters = await sealedTo(first, second);
  const keys = await openLayer(task(2, second, second, letters), second.identity);
  const own = { scheme: SCHEME, secret: new Uint8Array(16).fill(3) };
  const ownSealed = await sealLetter(letterText(own), [first.recipient, second.recipient]);
  const handedIn = [
    await unsealKey(ownSealed, second.identity), // of a letter of one's own
    keys.lost, // of the other letter
    await unseal(ownSealed, second.identity), // an inner layer
    new Uint8Array(16),
  ];
  for (const blank of handedIn) {
    const given = task(1, first, first, letters, { ...keys, blank });
    await expect(openLayer(given, first.identity)).rejects.toMatchObject({ code: "letter_not_opened" });
  }
});
