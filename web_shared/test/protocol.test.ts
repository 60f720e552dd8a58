/** The protocol, tested with the shared vectors: every valid row gives the same bytes, every other is refused. */

import { describe, expect, it, test } from "vitest";
import { decodeBase45, encodeBase45 } from "../src/protocol/base45";
import { type Address, fromHex, type Hash, toHex, uint } from "../src/protocol/bytes";
import {
  CodeUnreadable,
  cardText,
  codeText,
  makeCode,
  readCard,
  readCode,
} from "../src/protocol/codes";
import { couponAddress, couponKey } from "../src/protocol/keys";
import {
  groupLetterText,
  LetterUnreadable,
  letterLink,
  letterText,
  readLetter,
  readLetterLink,
} from "../src/protocol/letters";
import {
  type Domain,
  digest,
  domainSeparator,
  randomReference,
  hashMessage,
  type MessageName,
  type Spend,
  signerOf,
  signMessage,
} from "../src/protocol/messages";
import {
  addressOf,
  checksumAddress,
  recover,
  SignatureMalformed,
  signText,
} from "../src/protocol/signatures";
import { raw, vectors } from "./vectors";

interface LetterRow {
  scheme: number;
  secret: string;
  text: string;
  grouped: string;
  app: string;
  link: string;
  spellings: string[];
}

interface KeyRow {
  scheme: number;
  secret: string;
  generation: number;
  index: number;
  key: string;
  address: string;
}

interface MessageRow {
  message: MessageName;
  about: string;
  domain: Domain;
  fields: never;
  domainSeparator: string;
  structHash: string;
  digest: string;
  keys: string[];
  signatures: string[];
}

interface CodeRow {
  domain: Domain;
  fields: Spend;
  keys: string[];
  signatures: string[];
  text: string;
}

interface CardRow {
  scheme: number;
  key: string;
  address: string;
  text: string;
}

interface MalformedRow {
  kind: "letter" | "code" | "card" | "signature";
  why: string;
  input: string;
}

describe.each(vectors<LetterRow>("letters"))("letter $text", (row) => {
  const letter = { scheme: row.scheme, secret: raw(row.secret) };

  it("is written one way", () => {
    expect(letterText(letter)).toBe(row.text);
    expect(groupLetterText(row.text)).toBe(row.grouped);
    expect(letterLink(letter, row.app)).toBe(row.link);
  });

  it("is read in many", () => {
    for (const spelling of [row.text, ...row.spellings]) {
      expect(readLetter(spelling)).toEqual(letter);
    }
    expect(readLetterLink(row.link)).toEqual(letter);
    expect(readLetterLink(new URL(row.link).hash)).toEqual(letter);
  });
});

test.each(vectors<KeyRow>("derivation"))("key $generation/$index of scheme $scheme", (row) => {
  const letter = { scheme: row.scheme, secret: raw(row.secret) };
  expect(toHex(couponKey(letter, row.generation, row.index))).toBe(row.key);
  expect(couponAddress(letter, row.generation, row.index)).toBe(row.address);
});

test.each([
  [-1, 0],
  [256, 0],
  [0, -1],
  [0, 32],
  [0, 0.5],
])("there is no coupon %d/%d", (generation, index) => {
  const letter = { scheme: 1, secret: new Uint8Array(16) };
  expect(() => couponKey(letter, generation, index)).toThrow(RangeError);
});

describe.each(vectors<MessageRow>("messages"))("$message: $about", (row) => {
  it("has this hash and digest", () => {
    expect(hashMessage(row.message, row.fields)).toBe(row.structHash);
    expect(toHex(domainSeparator(row.domain))).toBe(row.domainSeparator);
    expect(toHex(digest(row.message, row.fields, row.domain))).toBe(row.digest);
  });

  it("gets these signatures", () => {
    row.keys.forEach((key, place) => {
      const signature = signMessage(row.message, row.fields, row.domain, raw(key));
      expect(toHex(signature)).toBe(row.signatures[place]);
      const signer = signerOf(row.message, row.fields, row.domain, signature);
      expect(signer).toBe(addressOf(raw(key)));
    });
  });
});

describe.each(vectors<CodeRow>("codes"))("code of $keys.length: $text", (row) => {
  it("is this text, both ways", () => {
    const code = makeCode(row.fields, row.domain, row.keys.map((key) => raw(key)));
    expect(code.signatures.map(toHex)).toEqual(row.signatures);
    expect(codeText(code)).toBe(row.text);
    expect(readCode(row.text)).toEqual(code);
  });
});

test("a key cannot sign for another coupon", () => {
  const row = vectors<CodeRow>("codes")[1]!;
  const keys = row.keys.map((key) => raw(key)).reverse();
  expect(() => makeCode(row.fields, row.domain, keys)).toThrow(RangeError);
});

test.each(vectors<CardRow>("cards"))("card $text", (row) => {
  const card = { scheme: row.scheme, key: raw(row.key) };
  expect(cardText(card)).toBe(row.text);
  expect(readCard(row.text)).toEqual(card);
  expect(addressOf(card.key)).toBe(row.address);
});

const READERS = {
  letter: [readLetter, LetterUnreadable],
  code: [readCode, CodeUnreadable],
  card: [readCard, CodeUnreadable],
  signature: [(text: string) => recover(new Uint8Array(32), raw(text)), SignatureMalformed],
} as const;

test.each(vectors<MalformedRow>("malformed"))("$kind refused: $why", ({ kind, input }) => {
  const [read, error] = READERS[kind];
  expect(() => read(input)).toThrow(error);
});

describe("an error in a letter text", () => {
  const problem = (text: string): unknown => {
    try {
      readLetter(text);
    } catch (error) {
      return (error as LetterUnreadable).problem;
    }
    return null;
  };
  const text = vectors<LetterRow>("letters")[0]!.text;

  it("is reported with the characters that are not in the alphabet", () => {
    expect(problem("04u0!")).toEqual({ kind: "characters", wrong: ["U", "!"] });
  });

  it("is reported with the number of characters", () => {
    expect(problem(text.slice(1))).toEqual({ kind: "length", characters: 35 });
    expect(problem("")).toEqual({ kind: "length", characters: 0 });
  });

  it("is found for one wrong character in any place", () => {
    for (let place = 0; place < text.length; place++) {
      const other = text[place] === "X" ? "Y" : "X";
      const typed = text.slice(0, place) + other + text.slice(place + 1);
      expect(problem(typed)).toEqual({ kind: "check" });
    }
  });

  it("does not prevent grouping of an incomplete text", () => {
    expect(groupLetterText("0400 2oo1o")).toBe("0400-2001-0");
    expect(groupLetterText("0400-")).toBe("0400");
  });
});

describe("base45", () => {
  it("encodes the examples of RFC 9285", () => {
    expect(encodeBase45(new TextEncoder().encode("base-45"))).toBe("UJCLQE7W581");
    expect(new TextDecoder().decode(decodeBase45("QED8WEX0"))).toBe("ietf!");
  });

  it("round-trips every byte and length", () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, place) => (place * 37 + length) & 255);
      expect(decodeBase45(encodeBase45(bytes))).toEqual(bytes);
    }
  });
});

describe("numbers", () => {
  it("are never truncated", () => {
    expect(toHex(uint(2 ** 40 - 1, 5))).toBe("0xffffffffff");
    expect(toHex(uint(Number.MAX_SAFE_INTEGER, 32))).toMatch(/^0x0{50}1f{13}$/);
    for (const [value, length] of [
      [65536, 2],
      [-1, 4],
      [0.5, 4],
      [2 ** 53, 8],
      [Number.NaN, 1],
    ] as const) {
      expect(() => uint(value, length)).toThrow(RangeError);
    }
  });

  it("of references are random and fit a JSON number", () => {
    const references = Array.from({ length: 200 }, randomReference);
    expect(references.every((reference) => Number.isSafeInteger(reference))).toBe(true);
    expect(new Set(references).size).toBe(200);
    expect(Math.max(...references)).toBeGreaterThan(2 ** 48);
  });
});

test("a message with a field out of range is not signed", () => {
  const payment: Hash = `0x${"11".repeat(32)}`;
  const good = { payment, shop: 1, amount: 1, validUntil: 1, reference: 1 };
  expect(hashMessage("Refund", good)).toMatch(/^0x[0-9a-f]{64}$/);
  expect(() => hashMessage("Refund", { ...good, amount: 2 ** 32 })).toThrow(RangeError);
  expect(() => hashMessage("Refund", { ...good, payment: "0x11" })).toThrow(RangeError);
});

test("an address is written with the checksum of EIP-55", () => {
  const address: Address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  expect(checksumAddress(address.toLowerCase() as Address)).toBe(address);
});

test("a text has the same EIP-191 signature as from eth_account", () => {
  // A message and its signature by the key 0x11…11, made with eth_account 0.13.
  const signature = signText("Kindpakket é", fromHex(`0x${"11".repeat(32)}`));
  expect(toHex(signature)).toBe(
    "0xe45cbf7e1de72bcf3643c0c0e2fc43d0cc45c6ffa0f1eb79053e76428f2ba18d0f67795eed0cd561d0fc7b18dbb6876d9c1f5f8ab822a437d00419c7bb78d1f8",
  );
});
