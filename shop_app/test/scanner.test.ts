import { describe, expect, it } from "vitest";
import { codeText, cardText, makeCode } from "web_shared/protocol/codes";
import { addressOf, generateKey } from "web_shared/protocol/signatures";
import { named } from "../src/core/reading";
import { PAUSE_MS, type Scanned, ScannerDetector } from "../src/core/scanner";
import { DOMAIN, showCode } from "./town";

/** A physical key, and the time in milliseconds since the key before it. */
interface Press {
  key: string;
  code?: string;
  shift?: boolean;
  after: number;
}

/** Simulates key presses: the amount after them, what was scanned, and whether a sale began. */
function counter(presses: readonly Press[], field = false): { typed: string; scanned: Scanned[]; begun: boolean } {
  const scanner = new ScannerDetector();
  const scanned: Scanned[] = [];
  let [typed, time, begun] = ["", 0, false];
  for (const { key, code = "", shift = false, after } of [...presses, { key: "Shift", after: 10 * PAUSE_MS }]) {
    time += after;
    const paused = after > PAUSE_MS && scanner.isScanning() ? [scanner.pause()] : [];
    for (const detected of [...paused, scanner.press({ key, code, shift, time, entry: typed }, field)]) {
      if (detected.by === "person") {
        if (/^[\d,]$/.test(key)) typed += key;
        begun ||= key === "Enter";
      } else {
        typed = detected.entry ?? typed;
        if (detected.scanned) scanned.push(detected.scanned);
      }
    }
  }
  return { typed, scanned, begun };
}

function keys(text: string, gap: number, first = gap): Press[] {
  return [...text].map((key, place) => ({ key, after: place === 0 ? first : gap }));
}

const ENTER = { key: "Enter", after: 5 };
const PERSON = keys("12", 90);

/** Characters of each layout for the keys of a scanner that is set to a US keyboard: without and with Shift. */
const LAYOUTS: Record<string, string> = {
  US: "1!2@3#4$5%6^7&8*9(0)-_=+;:.>/?",
  "US-international": "1!2@3#4$5%6\u00007&8*9(0)-_=+;:.>/?",
  QWERTZ: "1!2\"3§4$5%6&7/8(9)0=ß?\u0000\u0000öÖ.:-_",
  AZERTY: "&1é2\"3'4(5-6è7_8ç9à0)°=+mM:/!§",
};
const PLACES = [...[..."1234567890"].map((digit) => `Digit${digit}`), "Minus", "Equal", "Semicolon", "Period", "Slash"];
const SWAPPED: Record<string, Record<string, string>> = {
  QWERTZ: { Y: "Z", Z: "Y" },
  AZERTY: { A: "Q", Q: "A", Z: "W", W: "Z" },
};

/** The key presses for a text, as events of a device with another layout; "\0" is a dead key. */
function through(layout: string, caps: boolean, text: string, gap = 4): Press[] {
  return [...text].map((char) => {
    if (char === " ") return { key: " ", code: "Space", after: gap };
    if (/[A-Z]/.test(char)) {
      const letter = SWAPPED[layout]?.[char] ?? char;
      return { key: caps ? letter.toLowerCase() : letter, code: `Key${char}`, shift: true, after: gap };
    }
    const place = LAYOUTS["US"]!.indexOf(char);
    const key = LAYOUTS[layout]![layout === "AZERTY" && caps ? place ^ 1 : place]!;
    return { key: key === "\u0000" ? "Dead" : key, code: PLACES[place >> 1]!, shift: place % 2 === 1, after: gap };
  });
}

const key = generateKey();
const six = Array.from({ length: 6 }, generateKey);
const OURS: [string, string][] = [
  ["a payment code", showCode()],
  ["a card", cardText({ scheme: 1, key })],
  ["a code of six coupons", codeText(makeCode(
    { scheme: 1, shop: 0, maxAmount: 1, validUntil: 9, nonce: 9, coupons: six.map(addressOf) }, DOMAIN, six,
  ))],
];

describe.each(OURS)("a scanner reads %s", (_, text) => {
  const ways = Object.keys(LAYOUTS).flatMap((layout) => [[layout, false], [layout, true]] as const);

  it.each(ways)("through %s, caps lock %s", (layout, caps) => {
    const code = through(layout, caps, text);
    for (const end of [[], [ENTER], [{ key: "Tab", after: 5 }], [ENTER, ENTER]]) {
      const detected = counter([...PERSON, ...code, ...end]);
      expect(detected).toEqual({ typed: "12", scanned: [{ code: text, text }], begun: false });
    }
  });

  it("at a slow pace, with a pause, or with a prefix that the scanner adds", () => {
    const [head, tail] = [text.slice(0, 30), text.slice(30)];
    const late = [...keys(text.slice(0, 3), 90, 400), ...keys(text.slice(3), 5)];
    for (const code of [late, through("AZERTY", false, text, 60), [...keys(head, 5), ...keys(tail, 5, 800)], keys(`]Q1${text}`, 5, 200)]) {
      expect(counter([...PERSON, ...code])).toEqual({ typed: "12", scanned: [{ code: text, text }], begun: false });
    }
  });
});

describe("a scan that is not a payment code", () => {
  it.each(["20045678", "8712345678906", "036000291452", "4711", "920045678", "9".repeat(30)])("%s never becomes an amount", (text) => {
    const half = Math.ceil(text.length / 2);
    const scans = [[...keys(text.slice(0, 2), 60, 100), ...keys(text.slice(2), 5, 60)], keys(text, 5, 100), keys(text, 34, 400), [...keys(text.slice(0, half), 5, 100), ...keys(text.slice(half), 5, 700)]];
    for (const scan of scans) {
      for (const end of [[], [ENTER], [{ key: "Tab", after: 5 }], [ENTER, { key: "Enter", after: 60 }]]) {
        const detected = counter([...PERSON, ...scan, ...end]);
        expect(detected).toEqual({ typed: "12", scanned: [{ code: null, text }], begun: false });
      }
    }
  });

  it("is detected by its check digit when a pause follows its first key, and by its pace when it is slow", () => {
    const late = [...keys("2", 5, 200), ...keys("0045678", 5, 400), ENTER];
    const halves = [...keys("200", 75, 300), ...keys("45678", 5, 700), ENTER];
    for (const scan of [late, halves]) {
      expect(counter([...PERSON, ...scan])).toMatchObject({ typed: "12", scanned: [{ text: "20045678" }], begun: false });
    }
    expect(counter([...PERSON, ...keys("20045678", 60, 400), { key: "Enter", after: 60 }])).toMatchObject({ typed: "12", begun: false });
  });

  it("is detected by its final Enter when it is as slow as a person", () => {
    const slow = counter([...keys("20045678", 110), { key: "Enter", after: 110 }]);
    expect(slow).toEqual({ typed: "", scanned: [{ code: null, text: "20045678" }], begun: false });
  });

  it("is shown in the scanner's own layout", () => {
    const digits = through("AZERTY", false, "20045678");
    expect(counter([...digits, ENTER]).scanned).toEqual([{ code: null, text: "20045678" }]);
    expect(named("8712345678906")).toBe("8712345678906");
    expect(named("https://kindpakket.example/#KL1.SECRET")).toBe("https://kindpakket.…");
    expect(named("https://a.nl/#KL1.SECRET")).toBe("https://a.nl/#…");
    expect(named("KC1:V50B9SECRET")).toBe("KC1:…");
    expect(named("a\u202eb\n c")).toBe("a b c");
  });
});

describe("a person", () => {
  it.each([80, 100, 120, 400])("types %d ms apart and begins a sale", (gap) => {
    expect(counter([...keys("12,50", gap), { key: "Enter", after: gap }])).toEqual({ typed: "12,50", scanned: [], begun: true });
    expect(counter([...keys("99999", gap), { key: "Enter", after: gap }])).toMatchObject({ typed: "99999", begun: true });
  });

  it("keeps a digit that was typed just before a scan", () => {
    for (const [, scan] of OURS) {
      expect(counter([...PERSON, ...keys(scan, 5), ENTER])).toMatchObject({ typed: "12", scanned: [{ text: scan }], begun: false });
    }
  });

  it("can type the next amount right after a scan", () => {
    const detected = counter([...keys("20045678", 5), ENTER, ...keys("15", 100, 150), { key: "Enter", after: 100 }]);
    expect(detected).toMatchObject({ typed: "15", begun: true });
  });

  it("can correct an amount", () => {
    const fixed = [...keys("123", 100), { key: "Backspace", after: 100 }, ...keys("456", 100), { key: "Enter", after: 100 }];
    expect(counter(fixed)).toMatchObject({ scanned: [], begun: true });
  });

  it("can use Tab and Enter at any speed", () => {
    expect(counter([{ key: "Tab", after: 5 }, { key: "Tab", after: 5 }, ENTER])).toEqual({ typed: "", scanned: [], begun: true });
  });

  it("can press two keys almost at once in a field", () => {
    expect(counter(keys("12,50", 20), true)).toMatchObject({ typed: "12,50", scanned: [] });
    expect(counter([...keys("12", 90), ...keys("20045678", 5, 300), ENTER], true)).toMatchObject({ typed: "12", begun: false });
  });
});
