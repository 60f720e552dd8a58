import { describe, expect, it } from "vitest";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { mistakesIn } from "web_shared/texts/texts";
import { centsOf, pressAmount, type AmountKey } from "web_shared/amount";
import { clockOffset, minutesAhead } from "web_shared/device/clock";
import { mostNow, newCode, outcomeOf, sameCode } from "../src/core/code";
import { daysLeft, lastDay, minutesAndSeconds } from "web_shared/dates";
import { standingOf } from "../src/core/home";
import { type Coupon, type Letter, type Scheme, wasMoved } from "../src/core/model";
import { purchaseOf, purchasesOf, purchaseWith } from "../src/core/purchases";
import { MemoryStore } from "web_shared/device/store";
import { PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";
import { LANGUAGES, pickLanguage } from "../src/texts";
import { nl } from "../src/texts/nl";

const NOW = 1_800_000_000;
const VALUES = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000];
const KEYS = VALUES.map(() => generateKey());
const DOMAIN = { name: "Kindpakket", version: "1", chainId: 7, verifyingContract: `0x${"11".repeat(20)}` };

function letter(changes: Partial<Letter> = {}): Letter {
  const coupons = VALUES.map((value, index): Coupon => ({
    index, value, generation: 0, address: addressOf(KEYS[index]!), remaining: value, lastNonce: 0, history: [],
  }));
  const keys = { iv: new Uint8Array(12), data: new Uint8Array(0) };
  return {
    id: "a", name: "", scheme: 1, coupons, keys, past: [], code: null, shownNonce: 0,
    read: { ledger: "", prefixLength: 0, blocks: {} }, syncedAt: null, ...changes,
  };
}

function show(from: Letter, amount: number, now = NOW): Letter {
  const code = newCode(from, KEYS, DOMAIN, amount, 0, now);
  return { ...from, code, shownNonce: code.spend.nonce };
}

describe("a code", () => {
  it("is shown again while it is open", () => {
    const shown = show(letter(), 4250);
    expect(sameCode(shown, 4250, 0, NOW + 60)).toBe(shown.code);
    expect(sameCode(shown, 4250, 3, NOW + 60)).toBeNull();
    expect(sameCode(shown, 4250, 0, NOW + 301)).toBeNull();
  });

  it("shares a coupon and the nonce with every code that it replaces", () => {
    let now = letter();
    const shown = [11_000, 5_000, 12_000, 500, 20_000].map((amount, n) => {
      now = show(now, amount, NOW + n);
      return now.code!;
    });
    const nonces = new Set(shown.map(({ spend }) => spend.nonce));
    expect(nonces.size).toBe(1);
    const common = shown
      .map(({ spend }) => spend.coupons)
      .reduce((a, b) => a.filter((address) => b.includes(address)));
    expect(common.length).toBeGreaterThan(0);
  });

  it("has a later nonce than an expired code", () => {
    const first = show(letter(), 500);
    const second = show(first, 500, NOW + 301);
    expect(second.code!.spend.nonce).toBeGreaterThan(first.code!.spend.nonce);
    const back = show({ ...first, shownNonce: NOW + 900 }, 500, NOW + 400);
    expect(back.code!.spend.nonce).toBe(NOW + 901);
  });

  it("is used when a coupon of it has its nonce or a later one", () => {
    const shown = show(letter(), 500);
    const { nonce, coupons } = shown.code!.spend;
    const paid = shown.coupons.map((c) => (c.address === coupons[0] ? { ...c, lastNonce: nonce } : c));
    expect(outcomeOf(shown, shown.code!, NOW)).toBe("open");
    expect(outcomeOf({ ...shown, coupons: paid }, shown.code!, NOW)).toBe("used");
    expect(outcomeOf(shown, shown.code!, NOW + 301)).toBe("expired");
  });

  it("has a maximum amount", () => {
    expect(mostNow(letter(), NOW)).toBe(30_000);
    expect(mostNow(show(letter(), 500), NOW)).toBe(30_000);
    expect(() => show(letter(), 30_001)).toThrow("amount_too_high");
  });
});

describe("purchases", () => {
  const time = "2027-01-15T08:00:00Z";
  const entry = (amount: number, refunded = 0) => ({ shop: 1, amount, refunded, time });

  it("groups the coupons of a payment", () => {
    const shown = show(letter(), 11_000);
    const { nonce, coupons } = shown.code!.spend;
    const paid = shown.coupons.map((c) => {
      const place = coupons.indexOf(c.address);
      return place < 0 ? c : { ...c, lastNonce: nonce, history: [place === 0 ? entry(10_000, 300) : entry(1_000)] };
    });
    const after = { ...shown, coupons: paid };
    expect(purchasesOf(after)).toEqual([{ shop: 1, time, amount: 11_000, refunded: 300 }]);
    expect(purchaseWith(after, shown.code!)?.amount).toBe(11_000);
  });

  it("distinguishes two payments of one second at one shop by their proof codes", () => {
    const [first, second] = ["000G4-0R40M", "7K3QM-9XW2T"];
    const past = [
      { ...entry(1_000), proof: first }, { ...entry(700), proof: second }, { ...entry(50), proof: first },
    ];
    const bought = purchasesOf(letter({ past }));
    expect(bought.map(({ amount, proof }) => [amount, proof])).toEqual([[1_050, first], [700, second]]);
    expect(purchaseOf(letter({ past }), { shop: 1, time, proof: second })?.amount).toBe(700);
  });

  it("groups an entry without a proof code, from an older server, with the rest of its payment", () => {
    const past = [entry(1_000), { ...entry(50), proof: "000G4-0R40M" }, entry(30)];
    expect(purchasesOf(letter({ past }))).toEqual([{ ...entry(1_080), proof: "000G4-0R40M" }]);
    expect(purchaseOf(letter({ past }), { shop: 1, time })?.amount).toBe(1_080);
  });

  it("detects a moved coupon, and does not take a refund after a move for a move", () => {
    const [coupon] = letter().coupons as [Coupon];
    expect(wasMoved({ ...coupon, remaining: 0, history: [entry(4_000)] })).toBe(true);
    expect(wasMoved({ ...coupon, remaining: 0, history: [entry(10_000)] })).toBe(false);
    expect(wasMoved({ ...coupon, value: 6_000, remaining: 6_500, history: [entry(0, 500)] })).toBe(false);
  });
});

describe("typing", () => {
  it("composes an amount from key presses", () => {
    const typed = (keys: string) =>
      [...keys].reduce((now, key) => pressAmount(now, key === "<" ? "back" : (key as AmountKey)), "");
    expect(centsOf(typed("42,50"))).toBe(4250);
    expect(centsOf(typed("42,5"))).toBe(4250);
    expect(centsOf(typed(",05"))).toBe(5);
    expect(centsOf(typed("007,999"))).toBe(799);
    expect(centsOf(typed("12<<<"))).toBe(0);
    expect(centsOf(typed("12.5"))).toBe(1250);
    expect(centsOf(typed("1.234,50"))).toBe(123450);
    expect(centsOf(typed("1.234"))).toBe(123400);
    expect(centsOf(typed("1.234<"))).toBe(123);
    expect(centsOf(typed("12.345,678"))).toBe(1234567);
    expect(centsOf(typed("1234567"))).toBe(1234500);
  });
});

describe("time", () => {
  it("is that of the server's clock", () => {
    const server = "2027-01-15T08:00:00Z";
    const offset = clockOffset(server, Date.parse(server) + 600_000, Date.parse(server) + 600_000);
    expect(offset).toBe(-600);
    expect(minutesAhead(offset)).toBe(10);
    expect(minutesAhead(30)).toBe(0);
  });

  it("counts days in the time zone of the Netherlands", () => {
    const closes = Date.parse("2027-12-31T23:00:00Z") / 1000; // midnight in Amsterdam
    expect(lastDay(closes, "nl")).toBe("31 december 2027");
    expect(daysLeft(closes, closes - 1)).toBe(0);
    expect(daysLeft(closes, closes - 86_400 * 28)).toBe(27);
    expect(minutesAndSeconds(272)).toBe("4:32");
  });

  it("can prevent payments, and the reason is given", () => {
    const scheme: Scheme = {
      id: 1, name: "", opens: NOW - 10, closes: NOW + 86_400 * 90, paused: false, closed: false, prefixLength: 0, text: "",
    };
    const standing = (change: Partial<Scheme>) => standingOf(letter(), { ...scheme, ...change }, NOW);
    expect(standing({})).toBe("open");
    expect(standing({ closes: NOW + 86_400 * 20 })).toBe("ends_soon");
    expect(standing({ closes: NOW })).toBe("is_over");
    expect(standing({ opens: NOW + 1 })).toBe("not_yet");
    expect(standing({ paused: true })).toBe("paused");
    expect(standing({ closed: true, closes: NOW - 5, paused: true })).toBe("is_closed");
    const midnight = Date.parse("2026-12-31T23:00:00Z") / 1000; // in Amsterdam
    expect(standing({ closed: true, closes: midnight })).toBe("is_over");
  });
});

describe("the vault", () => {
  const secret = new Uint8Array([1, 2, 3]);

  it("opens after a PIN was set, with that PIN only", async () => {
    const store = new MemoryStore();
    const first = await Vault.open(store, PIN);
    const sealed = await first.seal(secret);
    await expect(first.changeSecret("", "12")).rejects.toThrow("pin_short");
    await first.changeSecret("", "2580");
    const second = await Vault.open(store, PIN);
    expect(second.locked).toBe(true);
    await expect(second.unlock("2581")).rejects.toThrow("pin_wrong");
    await expect(second.unseal(sealed)).rejects.toThrow("locked");
    await second.unlock("2580");
    expect(await second.unseal(sealed)).toEqual(secret);
    second.lock();
    await expect(second.unseal(sealed)).rejects.toThrow("locked");
    await second.unlock("2580");
    await second.changeSecret("2580", null);
    second.lock();
    expect(second.locked).toBe(false);
    expect((await Vault.open(store, PIN)).locked).toBe(false);
  }, 20_000);
});

describe("texts", () => {
  it.each(LANGUAGES.map(({ code, load }) => [code, load] as const))("%s is complete", async (code, load) => {
    expect(mistakesIn(code, await load(), nl)).toEqual([]);
  });

  it("are in the chosen language, or else in the browser's", () => {
    expect(pickLanguage(null, ["fr-FR", "en-GB"])).toBe("en");
    expect(pickLanguage("tr", ["en"])).toBe("tr");
    expect(pickLanguage(null, ["fr"])).toBe("nl");
  });
});
