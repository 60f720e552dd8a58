/** What is left moves to another letter or generation: never to a wiped secret, and never with the loss of a key. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Problem, Refused } from "web_shared/api/problems";
import type { Hex } from "web_shared/protocol/bytes";
import { addressOf } from "web_shared/protocol/signatures";
import { entry, group, NINE, startOf as firstOf } from "../../web_shared/test/files";
import { newCode } from "../src/core/code";
import { withKeys } from "../src/core/keys";
import type { Opened } from "web_shared/letter/opening";
import { left, leftBehind, waitingToMove } from "../src/core/model";
import { planMoves, planToFill } from "../src/core/move";
import { BLANK, DOMAIN, keysOf, ONE, Phone, SECOND_BLANK, type Secret, Town, TWO, VALUES } from "./town";

/** The entries of a coupon that was moved to a letter: of the former one, and of the new one. */
function movedTo(letter: Secret, index: number): Uint8Array[] {
  const [key, next, amount] = [keysOf(ONE)[index]!, keysOf(letter)[index]!, VALUES[index]!];
  return [
    entry({ key, kind: 3, amount, debit: amount, nonce: NINE, id: firstOf(next) }, 0),
    entry({ key: next, kind: 4, amount, time: NINE }, 2 ** 32 - 1),
  ];
}

async function targetExists(): Promise<never> {
  throw new Refused({ code: "coupon_exists", status: 409 } as Problem);
}

const addresses = (letter: Secret): Hex[] => keysOf(letter).map(addressOf);

let town: Town;
let phone: Phone;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NINE * 1000 });
  town = new Town();
  phone = await Phone.open(town);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Have answers wait from now on; call what is returned to let them come. */
function hold(): () => void {
  let open = (): void => undefined;
  town.gate = new Promise((resolve) => (open = resolve));
  return () => {
    town.gate = Promise.resolve();
    open();
  };
}

async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    vi.setSystemTime(Date.now() + 60_000);
    phone.state.tick();
    await phone.refresher.refresh();
  }
}

async function askToFill(letter: Secret): Promise<void> {
  phone.state.set({ purpose: "fill" });
  await phone.read(letter, "fill");
}

describe("a letter that is not read any more", () => {
  beforeEach(async () => {
    await phone.read(ONE);
    await phone.refresher.refresh();
  });

  it.each([["fill", BLANK], ["open", TWO]] as const)("asks and plans nothing when another one is read to %s", async (purpose, other) => {
    const answer = hold();
    const first = phone.read(SECOND_BLANK, "fill");
    const never = hold();
    const second = phone.read(other, purpose);
    answer();
    await first;
    expect([phone.state.view.screen, phone.state.view.trouble]).toEqual([purpose === "fill" ? "reading" : "name", null]);
    expect(phone.letter.moves).toBeNull();
    never();
    await second;
    expect(phone.state.view.screen).toBe(purpose === "fill" ? "filling" : "name");
  });

  it("plans nothing when it is left while its moves are sealed", async () => {
    await askToFill(BLANK);
    const filling = phone.reading.fill();
    phone.reading.forget();
    await filling;
    expect([phone.letter.moves, phone.state.view.trouble]).toEqual([null, null]);
  });
});

it("a secret of zeros, as a wiped one is, has no keys: anybody could make them", async () => {
  const wiped = { ...BLANK, secret: new Uint8Array(16) };
  await phone.read(wiped);
  expect(phone.state.view.trouble?.code).toBe("letter_unknown");
  await phone.read(ONE);
  await phone.refresher.refresh();
  const opened = { coupons: phone.letter.coupons } as Opened;
  for (const plan of [() => planToFill(phone.state, wiped, phone.letter), () => planMoves(phone.state, wiped, opened, true)]) {
    await expect(async () => plan()).rejects.toMatchObject({ code: "letter_unknown" });
  }
});

it.each([true, false])("a letter that is left before it moves is not stored, spread: %s", async (spread) => {
  await phone.read(ONE, "move");
  expect(phone.state.view.screen).toBe("moving");
  const answer = hold();
  const moving = phone.reading.move(spread);
  phone.reading.forget();
  answer();
  await moving;
  expect([phone.state.view.letters, phone.state.view.trouble, town.sent]).toEqual([[], null, []]);
});

it("nothing is planned before the parent has said that the blank letter is theirs", async () => {
  await phone.read(ONE);
  await phone.refresher.refresh();
  await askToFill(BLANK);
  expect(phone.state.view.screen).toBe("filling");
  await minutes(2);
  expect([phone.letter.moves, town.sent]).toEqual([null, []]);
  await phone.reading.fill();
  expect(phone.state.view.screen).toBe("filled");
  await phone.refresher.refresh();
  expect(town.sent).toEqual(addresses(ONE));
});

describe("a move of which the server says that its target exists", () => {
  beforeEach(async () => {
    await phone.read(ONE);
    await phone.refresher.refresh();
    await askToFill(BLANK);
    await phone.reading.fill();
    town.answerMove = targetExists;
  });

  it("waits, and after three times is given up, which is not forgotten", async () => {
    await minutes(2);
    expect([waitingToMove(phone.letter).length, leftBehind(phone.letter).length]).toEqual([2, 0]);
    await minutes(1);
    expect([waitingToMove(phone.letter).length, leftBehind(phone.letter).length]).toEqual([0, 2]);
    await minutes(3);
    expect(leftBehind(phone.letter)).toHaveLength(2);
    expect(town.sent).toHaveLength(6);
  });

  it("is over when a file shows that it was carried out", async () => {
    await minutes(3);
    town.groups = [group([...movedTo(BLANK, 0), ...movedTo(BLANK, 1)])];
    await minutes(2);
    expect(phone.letter.coupons.map(({ address }) => address)).toEqual(addresses(BLANK));
    expect([phone.letter.moves, leftBehind(phone.letter)]).toEqual([null, []]);
  });

  it("leaves its coupon on the phone, whichever of the letters is read again, and it moves to another blank one", async () => {
    town.groups = [group(movedTo(BLANK, 0))];
    await minutes(3);
    const parts = [addresses(BLANK)[0]!, addresses(ONE)[1]!];
    for (const letter of [ONE, BLANK]) {
      for (const purpose of ["open", "move"] as const) {
        await phone.read(letter, purpose);
        expect(phone.state.view.trouble?.code).toBe("letter_in_parts");
      }
    }
    expect(phone.state.view.letters).toHaveLength(1);
    expect(phone.letter.coupons.map(({ address }) => address)).toEqual(parts);
    await withKeys(phone.state.vault, phone.letter, async (keys) => {
      expect(keys.map(addressOf)).toEqual(parts);
      expect(newCode(phone.letter, keys, DOMAIN, left(phone.letter), 0, NINE).spend.coupons).toHaveLength(2);
    });
    town.sent.length = 0;
    await askToFill(SECOND_BLANK);
    await phone.reading.fill();
    await phone.refresher.refresh();
    expect(town.sent).toEqual(parts);
  });
});
