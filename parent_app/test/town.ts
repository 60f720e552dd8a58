/** A town whose files can be set, and a phone with the app's core. */

import { vi } from "vitest";
import type { FileAnswer } from "web_shared/api/client";
import { PIN } from "web_shared/device/secrets";
import { MemoryStore } from "web_shared/device/store";
import { Vault } from "web_shared/device/vault";
import type { Hex } from "web_shared/protocol/bytes";
import { couponKey } from "web_shared/protocol/keys";
import { letterLink } from "web_shared/protocol/letters";
import type { Move } from "web_shared/protocol/messages";
import { periodName } from "web_shared/protocol/periods";
import { addressOf, type Key } from "web_shared/protocol/signatures";
import { couponsFile, dayFile, monthFile, NINE, SCHEME } from "../../web_shared/test/files";
import { newCode } from "../src/core/code";
import { withKeys } from "../src/core/keys";
import type { Letter } from "../src/core/model";
import { Reading } from "../src/core/reading";
import { Refresher } from "../src/core/refresher";
import type { Server } from "../src/core/server";
import { type Purpose, type Screen, State } from "../src/core/state";

export const DOMAIN = { name: "Kindpakket", version: "1", chainId: 7, verifyingContract: `0x${"11".repeat(20)}` } as const;
export const [ONE, TWO, BLANK, SECOND_BLANK] = [1, 2, 3, 4].map((byte) => ({
  scheme: SCHEME,
  secret: new Uint8Array(16).fill(byte),
})) as [Secret, Secret, Secret, Secret];
export const VALUES = [10_000, 5_000];

export interface Secret {
  scheme: number;
  secret: Uint8Array;
}

export function keysOf(secret: Secret, generation = 0): Key[] {
  return VALUES.map((_, index) => couponKey(secret, generation, index));
}

/** What the app's core takes from a browser, until `vi.unstubAllGlobals()`. */
function stubBrowser(): void {
  vi.stubGlobal("document", { visibilityState: "visible" });
  vi.stubGlobal("history", { pushState: () => undefined, replaceState: () => undefined });
  vi.stubGlobal("BroadcastChannel", undefined);
}

/** A town whose changes of today can be set. */
export class Town {
  readonly asked: string[] = [];
  groups: Uint8Array[] = [];
  /** Replaces the answer to any request for a file. */
  fault: (() => Promise<never>) | null = null;
  /** What answers wait for that are asked from now on. */
  gate: Promise<void> = Promise.resolve();
  /** The coupons of which a move was sent. */
  readonly sent: Hex[] = [];
  /** Answers a move. */
  answerMove: (move: Move) => Promise<string> = async () => "settled";

  move = async (move: Move) => {
    this.sent.push(...move.from);
    return this.answerMove(move);
  };

  ledger = async () => {
    await this.gate;
    return { domain: DOMAIN, clockOffset: NINE - Math.floor(Date.now() / 1000) };
  };

  scheme = async (id: number) => ({ id, name: "", opens: 0, closes: 2 ** 32, paused: false, closed: false, text: "" });
  shops = async () => [];
  categories = async () => [];

  coupons = async (scheme: number) => {
    const keys = [ONE, TWO].map((letter) => keysOf({ ...letter, scheme }).map(addressOf));
    const values = { 5_000: keys.map((each) => each[1]!), 10_000: keys.map((each) => each[0]!) };
    return this.answer("coupons", couponsFile(values, scheme));
  };

  month = async () => this.answer("month", monthFile(this.groups));

  async day(_: number, day: number, from: number): Promise<FileAnswer> {
    const file = await this.answer(`${periodName({ kind: "day", number: day })} ${from}`, dayFile(this.groups));
    return { bytes: file.subarray(from), whole: from === 0 };
  }

  private async answer(asked: string, file: Uint8Array): Promise<Uint8Array> {
    this.asked.push(asked);
    await this.gate;
    return this.fault ? this.fault() : file;
  }
}

export class Phone {
  readonly refresher: Refresher;
  readonly reading: Reading;

  private constructor(
    readonly town: Town,
    readonly state: State,
  ) {
    this.reading = new Reading(state);
    this.refresher = new Refresher(state, this.reading);
  }

  static async open(town: Town): Promise<Phone> {
    stubBrowser();
    const store = new MemoryStore();
    const phone = new Phone(town, new State(store, await Vault.open(store, PIN), town as unknown as Server));
    await phone.state.load();
    return phone;
  }

  read(secret: Secret, purpose: Purpose = "open"): Promise<void> {
    const copy = { scheme: secret.scheme, secret: secret.secret.slice() };
    return this.reading.readLink(letterLink(copy, "https://town.example"), purpose);
  }

  get letter(): Letter {
    return this.state.view.letters[0]!;
  }

  async show(screen: Screen): Promise<void> {
    this.state.restart(screen);
    if (screen !== "code") return;
    await withKeys(this.state.vault, this.letter, (keys) =>
      this.state.changeLetter(this.letter.id, (latest) => {
        const code = newCode(latest, keys, DOMAIN, 4_250, 0, NINE);
        return { ...latest, code, shownNonce: code.spend.nonce };
      }),
    );
  }

  /** Let seconds pass. */
  async wait(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.refresher.tick();
      while ((this.refresher as unknown as { busy: boolean }).busy) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
