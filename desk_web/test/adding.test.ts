/** Import of keys from a file or from paper, and backups. */

import { beforeEach, describe, expect, it, test } from "vitest";
import { MemoryStore } from "web_shared/device/store";
import { toHex } from "web_shared/protocol/bytes";
import { openKeystore } from "web_shared/protocol/keystore";
import { addressOf } from "web_shared/protocol/signatures";
import { addFromFile, addFromPaper, fileName, makeBackup, readPaper } from "../src/core/adding";
import { Keys } from "../src/core/keys";
import { troubleOf } from "../src/core/trouble";
import { OTHER, PHRASE, QUICK } from "./phrases";
import { vectors } from "./vectors";

interface Keystore {
  key: string;
  password: string;
  file: object;
}

const [KEYSTORE] = vectors<Keystore>("keystore");
const TEXT = JSON.stringify(KEYSTORE!.file);
const PASSWORD = "correct horse battery";
const ANNA = "0x51a7f3d734ff652af1edbbb1e4c848363a38604e";
const GROUPED = "FC7D 9720 FAD0 730C 8290 64FF FDA7 3081-7C03 5462 E3DF B65B 6F74 5764 E49E 2E04";
const quiet = (): void => undefined;

let keys: Keys;
beforeEach(() => void (keys = new Keys(new MemoryStore(), QUICK)));

const trouble = (act: Promise<unknown>): Promise<string> => act.then(() => "none", troubleOf);
const fromFile = (change: object): Promise<void> =>
  addFromFile(keys, { text: TEXT, password: PASSWORD, name: " Anna ", ...change }, PHRASE, quiet);

describe("a keystore of the command line", () => {
  it("is imported with its password, permanently", async () => {
    await fromFile({});
    expect(await keys.list()).toMatchObject([{ address: ANNA, name: "Anna", temporary: false, saved: true }]);
    expect(await keys.use(ANNA, PHRASE, toHex)).toBe(KEYSTORE!.key);
  });

  it.each([
    ["password_wrong", { password: "Correct horse battery" }],
    ["password_wrong", { password: "" }],
    ["file_unreadable", { text: "een brief" }],
    ["file_unreadable", { text: '{"version":3}' }],
    ["name_missing", { name: "  " }],
  ])("else %s", async (told, change) => {
    expect(await trouble(fromFile(change))).toBe(told);
    expect(await keys.list()).toEqual([]);
  });
});

describe("the key on paper", () => {
  it.each([GROUPED, `0x${GROUPED}`, GROUPED.toLowerCase(), ` 0X${GROUPED.replace(/[ -]/g, "")}\n`])("%s", (typed) => {
    expect(addressOf(readPaper(typed))).toBe(ANNA);
  });

  it.each([
    ["nothing", ""],
    ["a digit less", GROUPED.slice(0, -1)],
    ["a digit more", `${GROUPED}0`],
    ["an O", GROUPED.replace("0", "O")],
    ["zero", "0".repeat(64)],
    ["n", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"],
  ])("is not %s", async (_, typed) => {
    expect(await trouble(addFromPaper(keys, typed, "Kluissleutel", PHRASE))).toBe("paper_unreadable");
  });

  it("is stored until its holder signs out", async () => {
    await addFromPaper(keys, GROUPED, "Kluissleutel", PHRASE);
    expect(await keys.list()).toMatchObject([{ address: ANNA, temporary: true }]);
  });
});

describe("a backup", () => {
  const copy = (passphrase: string, password: string): Promise<string> =>
    makeBackup(keys, ANNA, passphrase, password, quiet, 256);

  beforeEach(() => fromFile({}));

  it("is opened with its own password", async () => {
    const made = await copy(PHRASE, "twaalf tekens");
    expect(toHex(await openKeystore(made, "twaalf tekens", quiet))).toBe(KEYSTORE!.key);
  });

  it("needs the passphrase, and a password that is not weak", async () => {
    expect(await trouble(copy(OTHER, "twaalf tekens"))).toBe("passphrase_wrong");
    expect(await trouble(copy(PHRASE, "elf tekens!"))).toBe("passphrase_short");
    expect(await trouble(copy(PHRASE, "kindpakket2026"))).toBe("passphrase_weak");
    expect(await trouble(copy(PHRASE, "twaalftekens"))).toBe("none");
  });
});

test.each([
  ["Anna de Vries", "kindpakket-anna-de-vries.json"],
  ["Zoë  Çelik!", "kindpakket-zoe-celik.json"],
  ["../../x", "kindpakket-x.json"],
  ["王", "kindpakket.json"],
])("%s is in %s", (name, file) => expect(fileName(name)).toBe(file));
