import { describe, expect, it } from "vitest";
import type { Hex } from "web_shared/protocol/bytes";
import type { CouponPayment } from "web_shared/protocol/changes";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { centsOf, pressAmount, type AmountKey } from "web_shared/amount";
import { clockOffset, minutesAhead } from "web_shared/device/clock";
import { mostInTwo, mostNow, newCode, outcomeOf, sameCode } from "../src/core/code";
import { daysLeft, lastDay, minutesAndSeconds } from "web_shared/dates";
import { standingOf } from "../src/core/home";
import { unused } from "web_shared/letter/coupons";
import type { Scheme } from "web_shared/letter/server";
import { type Letter, wasGivenBack, wasMoved } from "../src/core/model";
import { purchaseOf, purchasesOf, purchaseWith } from "../src/core/purchases";
import { mistakesIn } from "../../web_shared/test/catalogues";
import { MemoryStore } from "web_shared/device/store";
import { PIN } from "web_shared/device/secrets";
import { Vault } from "web_shared/device/vault";
import { LANGUAGES as PAPER_LANGUAGES } from "../paper/src/texts";
import { LANGUAGES, pickLanguage } from "../src/texts";
import { nl } from "../src/texts/nl";

const NOW = 1_800_000_000;
const VALUES = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000];
const KEYS = VALUES.map(() => generateKey());
const DOMAIN = { name: "Kindpakket", version: "1", chainId: 7, verifyingContract: `0x${"11".repeat(20)}` };

function letter(changes: Partial<Letter> = {}): Letter {
  const coupons = VALUES.map((value, index) => unused(addressOf(KEYS[index]!), index, 0, value));
  const keys = { iv: new Uint8Array(12), data: new Uint8Array(0) };
  return {
    id: "a", name: "", scheme: 1, coupons, keys, past: [], code: null, shownNonce: 0,
    ledger: "", position: null, syncedAt: null, ...changes,
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

describe("two codes after each other", () => {
  const values = [10_000, 5_000, 5_000, 2_000, 2_000, 2_000, 1_000, 1_000, 500, 500, 500, 500];
  const keys = values.map(() => generateKey());
  const whole = letter({
    coupons: values.map((value, index) => unused(addressOf(keys[index]!), index, 0, value)),
  });
  const make = (from: Letter, amount: number, before = 0) => newCode(from, keys, DOMAIN, amount, 3, NOW, before);

  it("hold what one does not", () => {
    expect(mostNow(whole, NOW)).toBe(26_000);
    expect(mostInTwo(whole, NOW)).toBe(30_000);
    const first = make(whole, 28_000);
    expect([first.spend.maxAmount, first.rest, first.before]).toEqual([26_000, 2_000, 0]);
    expect(() => make(whole, 30_001)).toThrow("amount_too_high");
    expect(sameCode({ ...whole, code: first }, 28_000, 3, NOW)).toBe(first);
    expect(sameCode({ ...whole, code: first }, 26_000, 3, NOW)).toBeNull();
  });

  it("share no coupon", () => {
    const { spend } = make(whole, 28_000);
    const paid = whole.coupons.map((coupon) =>
      spend.coupons.includes(coupon.address) ? { ...coupon, remaining: 0, lastNonce: spend.nonce } : coupon,
    );
    const second = make({ ...whole, coupons: paid, shownNonce: spend.nonce }, 2_000, 26_000);
    expect(second.spend.coupons.filter((address) => spend.coupons.includes(address))).toEqual([]);
    expect(second.spend.nonce).toBeGreaterThan(spend.nonce);
    expect([second.spend.maxAmount, second.rest, second.before]).toEqual([2_000, 0, 26_000]);
  });

  it("replace a code that is open", () => {
    const open = make(whole, 500);
    const first = make({ ...whole, code: open }, 28_000);
    expect(first.spend.nonce).toBe(open.spend.nonce);
    expect(first.spend.coupons).toContain(open.spend.coupons[0]);
    expect(first.spend.maxAmount + first.rest!).toBe(28_000);
  });
});

describe("purchases", () => {
  const [FIRST, SECOND]: Hex[] = ["0x00021012040000", "0x39e74efbff0000"];
  const time = NOW;
  const entry = (payment: Hex, amount: number, refunded = 0): CouponPayment => ({
    payment, shop: 1, amount, refunded, whole: amount, time: refunded > 0 ? time + 60 : time,
  });

  it("groups the coupons of a payment, and what came back of it", () => {
    const shown = show(letter(), 11_000);
    const { nonce, coupons } = shown.code!.spend;
    const paid = shown.coupons.map((c) => {
      const place = coupons.indexOf(c.address);
      const history = [entry(FIRST!, 10_000 - 9_000 * place), ...(place === 0 ? [entry(FIRST!, 0, 300)] : [])];
      return place < 0 ? c : { ...c, lastNonce: nonce, history };
    });
    const after = { ...shown, coupons: paid };
    const bought = { payment: FIRST, shop: 1, time, amount: 11_000, refunded: 300, proof: "00110-4G400" };
    expect(purchasesOf(after)).toEqual([bought]);
    expect(purchaseWith(after, shown.code!)).toEqual(bought);
  });

  it("distinguishes two payments of one second at one shop", () => {
    const past = [entry(FIRST!, 1_000), entry(SECOND!, 700), entry(FIRST!, 50)];
    const bought = purchasesOf(letter({ past }));
    expect(bought.map(({ amount, proof }) => [amount, proof])).toEqual([[1_050, "00110-4G400"], [700, "77KMX-YZZ00"]]);
    expect(purchaseOf(letter({ past }), SECOND!)?.amount).toBe(700);
  });

  it("finds the purchase of a code also when its coupon gave nothing", () => {
    const shown = show(letter(), 500);
    const paid = shown.coupons.map((c) =>
      shown.code!.spend.coupons.includes(c.address)
        ? { ...c, lastNonce: shown.code!.spend.nonce, history: [{ ...entry(FIRST!, 0), whole: 500 }] }
        : c,
    );
    expect(purchaseWith({ ...shown, coupons: paid }, shown.code!)?.payment).toBe(FIRST);
  });
});

describe("a coupon that this phone has no key of", () => {
  const change = (moved: Hex) => {
    const coupons = letter().coupons.map((coupon) => ({ ...coupon, remaining: 0, moved }));
    return { coupon: coupons[0]!, standing: standingOf(letter({ coupons }), undefined, NOW) };
  };

  it("was moved to another phone, or given back", () => {
    const [moved, back] = [change("0x01020304050607"), change("0x00000000000000")];
    expect([wasMoved(moved.coupon), wasGivenBack(moved.coupon), moved.standing]).toEqual([true, false, "was_moved"]);
    expect([wasMoved(back.coupon), wasGivenBack(back.coupon), back.standing]).toEqual([false, true, "given_back"]);
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
      id: 1, name: "", opens: NOW - 10, closes: NOW + 86_400 * 90, paused: false, closed: false, text: "",
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
  it.each(LANGUAGES.slice(1).map(({ code, load }) => [code, load] as const))("%s is complete", async (code, load) => {
    expect(mistakesIn(code, await load(), nl)).toEqual([]);
  });

  it.each(PAPER_LANGUAGES.map(({ code, load }) => [code, load] as const))("%s of paper is complete", async (code, load) => {
    expect(mistakesIn(code, await load(), await PAPER_LANGUAGES[0]!.load())).toEqual([]);
  });

  it("are in the chosen language, or else in the browser's", () => {
    expect(pickLanguage(null, ["fr-FR", "en-GB"])).toBe("en");
    expect(pickLanguage("tr", ["en"])).toBe("tr");
    expect(pickLanguage(null, ["fr"])).toBe("nl");
  });
});
