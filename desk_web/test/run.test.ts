/** A run that the browser makes is the one that the letter station would make. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromHex } from "web_shared/protocol/bytes";
import { cardText } from "web_shared/protocol/codes";
import { couponKey } from "web_shared/protocol/keys";
import { groupLetterText, letterLink, letterText } from "web_shared/protocol/letters";
import { unseal } from "web_shared/protocol/sealing";
import { troubleOf } from "../src/core/trouble";
import { readOrder, type RunOrder } from "../src/letters/order";
import { drawSheets, makeRun, type Run, serial } from "../src/letters/run";
import { forget } from "../src/letters/sheet";
import { vectors } from "./vectors";

interface RunVector {
  run: number;
  scheme: number;
  letters: number;
  cards: number;
  letterValues: number[];
  cardValues: number[];
  app: string;
  sheets: { serial: string; secret: string; grouped: string; qr: string[] }[];
  list: string;
  sha256: string;
}

interface SealedVector {
  by: string;
  identities: [string, string];
  recipients: [string, string];
  text: string;
  sealed: string;
}

const [VECTOR] = vectors<RunVector>("letter_runs") as [RunVector];
const SEALED = vectors<SealedVector>("sealed_letters");
const IDENTITIES = SEALED[0]!.identities.map((rest) => ["AGE-SECRET-KEY-", "1", rest].join(""));
const PICTURE = "data:image/svg+xml;base64,PHN2Zy8+";
const ORDER: RunOrder = withBarcodes({
  ...VECTOR,
  blank: false,
  sealedTo: SEALED[0]!.recipients,
  officers: ["Anna", "Bram"],
  appAddress: VECTOR.app,
  logo: "",
  pictures: { letter: PICTURE, shop: PICTURE, code: PICTURE, mark: PICTURE },
  colours: { brand: "#0b5f74", tint: "#daf4fd" },
  values: { municipality: "", app: "ouder.gemeente.example", phone: "", email: "", desk: "", scheme: "", purpose: "", until: "" },
});

const BLANK: RunOrder = withBarcodes({ ...ORDER, blank: true, cards: 0, letterValues: [], cardValues: [] });

/** The order with a barcode for each letter and card. */
function withBarcodes(order: Omit<RunOrder, "barcodes">): RunOrder {
  return { ...order, barcodes: Array<string>(order.letters + order.cards).fill("211232") };
}

/** The order with another address, and with that address printed. */
function to(appAddress: string): RunOrder {
  return { ...ORDER, appAddress, values: { ...ORDER.values, app: appAddress.replace(/^[a-z]+:\/\//, "") } };
}

function made(order = ORDER): Promise<Run> {
  const secrets = VECTOR.sheets.map(({ secret }) => fromHex(secret));
  return makeRun(order, async () => undefined, () => secrets.shift()!);
}

async function open(sealed: string): Promise<string> {
  const inner = await unseal(Uint8Array.from(Buffer.from(sealed, "base64")), IDENTITIES[1]!);
  return new TextDecoder().decode(await unseal(inner, IDENTITIES[0]!));
}

describe("a run", () => {
  it("has the list and the hash of the station's", async () => {
    const run = await made();
    const { scheme, values } = JSON.parse(run.file) as { scheme: number; values: unknown };
    expect(JSON.stringify({ scheme, values })).toBe(VECTOR.list);
    expect(run.sha256).toBe(VECTOR.sha256);
  });

  it("prints the texts and codes of the station's", async () => {
    const run = await made();
    const printed = run.sheets.map((sheet) => ({
      serial: serial(ORDER, sheet),
      grouped: groupLetterText(letterText(sheet.letter)),
      qr: sheet.isCard
        ? ORDER.cardValues.map((_, index) => cardText({ scheme: 3, key: couponKey(sheet.letter, 0, index) }))
        : [letterLink(sheet.letter, VECTOR.app)],
    }));
    expect(printed).toEqual(VECTOR.sheets.map(({ serial: number, grouped, qr }) => ({ serial: number, grouped, qr })));
  });

  it("hands in its letters sealed to both, in the order of the keys", async () => {
    const { file } = await made();
    const { letters, sealedTo } = JSON.parse(file) as { letters: Record<string, string>; sealedTo: string[] };
    expect(sealedTo).toEqual(ORDER.sealedTo);
    expect(Object.keys(letters)).toEqual(VECTOR.sheets.map((sheet) => sheet.serial));
    for (const { serial: number, grouped } of VECTOR.sheets) expect(await open(letters[number]!)).toBe(grouped.replaceAll("-", ""));
  });

  it("hands in no secret and no printed code", async () => {
    const { file } = await made();
    for (const { secret, grouped, qr } of VECTOR.sheets) {
      for (const text of [secret.slice(2), grouped, grouped.replaceAll("-", ""), ...qr]) expect(file).not.toContain(text);
    }
  });

  it("of blank letters hands in no list, and says so", async () => {
    const { file, sha256 } = await made(BLANK);
    const data = JSON.parse(file) as { letters: Record<string, string> };
    const serials = VECTOR.sheets.slice(0, ORDER.letters).map((sheet) => sheet.serial);
    expect(data).toEqual({ scheme: 3, blank: true, run: 12, sealedTo: ORDER.sealedTo, letters: expect.anything() });
    expect(Object.keys(data.letters)).toEqual(serials);
    expect(sha256).toBe(`0x${createHash("sha256").update(file).digest("hex")}`);
  });

  it("draws every letter anew, and forgets it when asked", () => {
    const draw = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));
    const sheets = [...drawSheets(ORDER, draw), ...drawSheets(ORDER, draw)];
    expect(new Set(sheets.map(({ letter }) => letter.secret.toString())).size).toBe(12);
    forget(sheets);
    expect(sheets.every(({ letter }) => letter.secret.every((byte) => byte === 0))).toBe(true);
  });
});

it.each(SEALED)("what $by sealed is opened with both keys", async ({ sealed, text }) => {
  expect(await open(sealed)).toBe(text);
});

describe("an order", () => {
  it("is read as it was written", () => {
    expect(readOrder(JSON.stringify(ORDER)).run).toBe(12);
    expect(readOrder(JSON.stringify(BLANK)).blank).toBe(true);
    expect(readOrder(JSON.stringify(withBarcodes({ ...BLANK, letters: 1_562 }))).letters).toBe(1_562);
    expect(readOrder(JSON.stringify(to("http://localhost:8000"))).run).toBe(12);
  });

  it.each([
    ["no JSON", "serie"],
    ["a list", "[]"],
    ["nothing", "null"],
    ["one key", JSON.stringify({ ...ORDER, sealedTo: ["age1"] })],
    ["half a letter", JSON.stringify({ ...ORDER, letters: 1.5 })],
    ["a coupon of nothing", JSON.stringify({ ...ORDER, cardValues: [0] })],
    ["a picture from elsewhere", JSON.stringify({ ...ORDER, logo: "https://elsewhere.example/x.svg" })],
    ["a drawing from elsewhere", JSON.stringify({ ...ORDER, pictures: { ...ORDER.pictures, shop: "https://elsewhere.example/x.svg" } })],
    ["without the mark", JSON.stringify({ ...ORDER, pictures: { letter: PICTURE, shop: PICTURE, code: PICTURE } })],
    ["for another site than is printed", JSON.stringify({ ...ORDER, appAddress: "https://elsewhere.example" })],
    ["for a site behind the one that is printed", JSON.stringify(to("https://ouder.gemeente.example@elsewhere.example"))],
    ["for a site that can be changed on the way", JSON.stringify(to("http://ouder.gemeente.example"))],
    ["for a script", JSON.stringify({ ...to("javascript:alert(1)"), values: { ...ORDER.values, app: "javascript:alert(1)" } })],
    ["with more coupons than a letter has", JSON.stringify({ ...ORDER, letterValues: Array(33).fill(100) })],
    ["with a coupon above the maximum", JSON.stringify({ ...ORDER, letterValues: [2 ** 32] })],
    ["with values that are no list", JSON.stringify({ ...ORDER, cardValues: { length: 1, every: 1 } })],
    ["with more letters than a file holds", JSON.stringify(withBarcodes({ ...BLANK, letters: 1_563 }))],
    ["with more coupons than a file holds", JSON.stringify(withBarcodes({ ...ORDER, letters: 600, letterValues: Array(32).fill(100) }))],
    ["blank with coupons", JSON.stringify({ ...BLANK, letterValues: [100] })],
    ["blank with cards", JSON.stringify(withBarcodes({ ...BLANK, cards: 1 }))],
    ["not blank and without coupons", JSON.stringify({ ...BLANK, blank: false })],
    ["of an unknown kind", JSON.stringify({ ...ORDER, blank: undefined })],
    ["a colour that is more than one", JSON.stringify({ ...ORDER, colours: { ...ORDER.colours, tint: "#fff;x:y" } })],
    ["with fewer barcodes than letters", JSON.stringify({ ...ORDER, barcodes: ORDER.barcodes.slice(1) })],
    ["with a barcode that is none", JSON.stringify({ ...ORDER, barcodes: ORDER.barcodes.map(() => "2112M") })],
    ["no telephone", JSON.stringify({ ...ORDER, values: { ...ORDER.values, phone: undefined } })],
    ["too much", JSON.stringify({ ...ORDER, more: "x".repeat(2_000_000) })],
  ])("is not %s", (_, text) => {
    let code = "";
    try {
      readOrder(text);
    } catch (error) {
      code = troubleOf(error);
    }
    expect(code).toBe("order_unreadable");
  });
});
