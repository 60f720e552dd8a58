/** The privacy officer's keys: sealed with a passphrase, copied on paper, known by their words. */

import { beforeEach, describe, expect, it } from "vitest";
import { MemoryStore } from "web_shared/device/store";
import { recipientOf, seal, sealLetter, unseal } from "web_shared/protocol/sealing";
import { keyWords } from "../src/core/key_words";
import { groupIdentity, OfficerKeys } from "../src/core/officer_keys";
import { troubleOf } from "../src/core/trouble";
import { OTHER, PHRASE, QUICK } from "./phrases";

const TEXT = "1234ABCD";
let keys: OfficerKeys;

beforeEach(() => void (keys = new OfficerKeys(new MemoryStore(), QUICK)));

async function trouble(act: Promise<unknown>): Promise<string> {
  return act.then(() => "none", troubleOf);
}

describe("a key", () => {
  it("opens what was sealed to it, with its passphrase only", async () => {
    const recipient = await keys.make(PHRASE);
    const sealed = await seal(new TextEncoder().encode(TEXT), recipient);
    const opened = await keys.use(recipient, PHRASE, (identity) => unseal(sealed, identity));
    expect(new TextDecoder().decode(opened)).toBe(TEXT);
    expect(await trouble(keys.use(recipient, OTHER, async () => 0))).toBe("passphrase_wrong");
    expect(await trouble(keys.make(OTHER))).toBe("passphrase_wrong");
  });

  it("comes back from its copy on paper, on another device", async () => {
    const recipient = await keys.make(PHRASE);
    expect(await keys.list()).toEqual([{ recipient, saved: false }]);
    const paper = await keys.use(recipient, PHRASE, async (identity) => groupIdentity(identity).join(" "));
    const other = new OfficerKeys(new MemoryStore(), QUICK);
    expect(await other.addFromPaper(paper.toLowerCase(), PHRASE)).toBe(recipient);
    expect(await other.list()).toEqual([{ recipient, saved: true }]);
    const mistyped = paper.replace(/.$/, (last) => (last === "Q" ? "P" : "Q"));
    expect(await trouble(other.addFromPaper(mistyped, PHRASE))).toBe("identity_unreadable");
  });

  it("has eight words, which another key does not have", async () => {
    const [one, other] = [await keys.make(PHRASE), await keys.make(PHRASE)];
    expect(keyWords(one)).toHaveLength(8);
    expect(keyWords(one)).not.toEqual(keyWords(other));
    expect(keyWords("age1arfww78cpnlpexq46tdzgzrkgw2trhu0cua96l77qus3mwldrdfszgswr9").join(" ")).toBe("egel baard banket olifant lucifer honing caravan limoen");
  });
});

it("there are 256 words, all different", async () => {
  const words = new Set<string>();
  for (let i = 0; words.size < 256 && i < 2000; i++) keyWords(`age1${i}`).forEach((word) => words.add(word));
  expect(words.size).toBe(256);
  for (const word of words) expect(word).toMatch(/^[a-z]{4,10}$/);
});

it("a sealed letter opens with the second key and then the first, and not otherwise", async () => {
  const [first, second] = [await keys.make(PHRASE), await keys.make(PHRASE)];
  const sealed = await sealLetter(TEXT, [first, second]);
  const identity = (recipient: string): Promise<string> => keys.use(recipient, PHRASE, async (each) => each);
  expect(await recipientOf(await identity(first))).toBe(first);
  await expect(unseal(sealed, await identity(first))).rejects.toThrow();
  const half = await unseal(sealed, await identity(second));
  await expect(unseal(half, await identity(second))).rejects.toThrow();
  expect(new TextDecoder().decode(await unseal(half, await identity(first)))).toBe(TEXT);
});
