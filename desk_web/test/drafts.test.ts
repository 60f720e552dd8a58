/** The draft of a form that was sent without a session is returned once, to its official only. */

import { beforeEach, describe, expect, it } from "vitest";
import { type Draft, Drafts, KEPT_MS } from "../src/core/drafts";

const ANNA = "0x01";
const FORM = { official: ANNA, action: "https://town.test/gemeente/winkels/nieuw", fields: [["name", "Fietsen"]] as const, files: [] };
const PAGE = "/gemeente/winkels/nieuw";

class Tab implements Storage {
  readonly kept = new Map<string, string>();
  get length(): number { return this.kept.size; }
  clear(): void { this.kept.clear(); }
  getItem(name: string): string | null { return this.kept.get(name) ?? null; }
  key(): null { return null; }
  removeItem(name: string): void { this.kept.delete(name); }
  setItem(name: string, value: string): void { this.kept.set(name, value); }
}

let tab: Tab;
let drafts: Drafts;

beforeEach(() => {
  tab = new Tab();
  drafts = new Drafts(tab);
  drafts.visit(PAGE);
  drafts.keep(FORM);
});

function holds(text: string): boolean {
  return [...tab.kept.values()].some((value) => value.includes(text));
}

describe("a form that was sent without a session", () => {
  beforeEach(() => void drafts.sessionEnded(1_000));

  it("is restored on its page, once", () => {
    drafts.waitForSigningIn(2_000);
    expect(drafts.take(ANNA, "/gemeente/", 3_000)).toBeNull();
    const draft = drafts.take(ANNA, PAGE, 4_000) as Draft;
    expect(draft.fields).toEqual([["name", "Fietsen"]]);
    expect(drafts.take(ANNA, PAGE, 5_000)).toBeNull();
    expect(holds("Fietsen")).toBe(false);
  });

  it("is not given to another official, but removed", () => {
    expect(drafts.take("0x02", PAGE, 2_000)).toBeNull();
    expect(holds("Fietsen")).toBe(false);
    expect(drafts.take(ANNA, PAGE, 3_000)).toBeNull();
  });

  it("is removed by signing out", () => {
    drafts.wipe();
    expect(holds("Fietsen")).toBe(false);
  });

  it("is kept no longer than a session lasts", () => {
    drafts.sessionEnded(2_000); // the same page again
    expect(drafts.take(ANNA, PAGE, 1_000 + KEPT_MS)).toBeNull();
    expect(holds("Fietsen")).toBe(false);
  });
});

describe("a form that arrived", () => {
  it("is removed on the next page", () => {
    expect(drafts.take(ANNA, PAGE, 1_000)).toBeNull();
    expect(holds("Fietsen")).toBe(false);
  });

  it("is removed when its official signs in from another page", () => {
    drafts.waitForSigningIn(1_000);
    expect(holds("Fietsen")).toBe(false);
  });
});

it("a draft is not stored in part when the storage is full", () => {
  tab.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  drafts.keep({ ...FORM, fields: [["name", "Boeken"]] });
  expect(holds("Fietsen")).toBe(false);
});
