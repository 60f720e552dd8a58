import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openAmount } from "../src/core/selling_view";
import { asked, NOW, openTill, says, showCode, type Town, type } from "./town";

beforeEach(() => vi.useFakeTimers({ now: NOW * 1000 }));
afterEach(() => vi.useRealTimers());

async function part(town: Town, budget: number): Promise<void> {
  town.server.budget = budget;
  town.state.restart("scan");
  await town.selling.read(showCode());
  await asked(town);
}

describe("a sale of several codes", () => {
  it("shows what is still to be paid", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.selling.agree(true);
    await part(town, 2000);
    await says(town, { kind: "paid", amount: 2000, open: 2250 });
    expect(openAmount(town.state.view.selling)).toBe(2250);
    await part(town, 2000);
    await part(town, 2000);
    await says(town, { kind: "paid", amount: 250, open: 0 });
    expect([...town.server.debits.values()].map(({ amount }) => amount)).toEqual([2000, 2000, 250]);
  });

  it("continues after the app was closed", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.selling.agree(true);
    await part(town, 2000);
    const again = await openTill(town.store, town.server);
    await says(again, { kind: "paid", open: 2250 });
    await part(again, 9000);
    await says(again, { kind: "paid", amount: 2250, open: 0 });
  });

  it("pays what is left of the same code when the customer agrees", async () => {
    const town = await openTill();
    await type(town, 4250);
    await part(town, 2000);
    await says(town, { kind: "refused", reason: "budget_too_low" });
    await town.selling.payRest();
    await asked(town);
    await says(town, { kind: "paid", amount: 2000, open: 2250 });
    expect(await town.selling.journal.claims()).toHaveLength(2);
  });

  it("can claim exactly the maximum of a code when the sale is more", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.state.restart("scan");
    town.server.cut = "amount_above_maximum";
    await town.selling.read(showCode(2000));
    await asked(town);
    await says(town, { kind: "refused", open: 4250, whole: 4250, most: 2000 });
    town.server.cut = "none";
    await town.selling.payMost(2000);
    await asked(town);
    await says(town, { kind: "paid", amount: 2000, open: 2250, whole: 4250 });
    expect([...town.server.debits.values()].map(({ amount }) => amount)).toEqual([2000]);
  });

  it("does not begin with a text that is not a payment code", async () => {
    const town = await openTill();
    for (const key of "12") town.selling.press(key as "1");
    for (const screen of ["amount", "scan", "type", "verdict"] as const) {
      town.state.restart(screen);
      await town.selling.read("20045678");
      expect(town.state.view).toMatchObject({ screen, trouble: { code: "code_other", text: "20045678" } });
      expect(town.state.view.selling).toMatchObject({ typed: "12", sale: null });
    }
    expect(town.server.calls).not.toContain("pay");
  });

  it("can return to its amount when nothing of it is paid", async () => {
    const town = await openTill();
    await type(town, 4250);
    await part(town, 2000);
    await says(town, { kind: "refused", open: 4250 });
    await town.selling.amend();
    expect(town.state.view).toMatchObject({ screen: "amount", selling: { typed: "42,5", sale: null } });
  });

  it("refunds every payment when it is called off", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.selling.agree(true);
    await part(town, 2000);
    await part(town, 1000);
    town.server.cut = "before";
    await town.selling.callOff();
    await says(town, { kind: "undoing", amount: 3000 });
    town.server.cut = "after";
    await vi.advanceTimersByTimeAsync(10_000);
    town.server.cut = "none";
    const again = await openTill(town.store, town.server);
    await vi.advanceTimersByTimeAsync(60_000);
    await says(again, { kind: "undone", amount: 3000 });
    expect([...town.server.refunds.values()].map(({ amount }) => amount).sort()).toEqual([1000, 2000]);
    const ninetyDays = 7_776_000;
    for (const { validUntil } of town.server.refunds.values()) expect(validUntil).toBe(NOW + ninetyDays);
  });

  it("refunds a payment that turns out to be carried out after it was called off", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.server.cut = "after";
    town.server.budget = 9000;
    town.state.restart("scan");
    await town.selling.read(showCode());
    await asked(town);
    await town.selling.callOff();
    await says(town, { kind: "undoing", amount: 0 });
    town.server.cut = "none";
    await vi.advanceTimersByTimeAsync(60_000);
    await says(town, { kind: "undone", amount: 4250 });
    expect(town.server.calls.filter((call) => call === "pay")).toHaveLength(1);
  });

  it("is undone by the same refunds in every tab", async () => {
    const town = await openTill();
    await type(town, 4250);
    town.selling.agree(true);
    await part(town, 2000);
    town.server.cut = "before";
    await town.selling.callOff();
    const other = await openTill(town.store, town.server);
    town.server.cut = "none";
    await Promise.all([asked(town), asked(other)]);
    expect(town.server.refunds.size).toBe(1);
    expect(await town.selling.journal.refunds()).toHaveLength(1);
  });
});

describe("practice", () => {
  it("makes no requests and stores nothing", async () => {
    const town = await openTill();
    const calls = town.server.calls.length;
    const put = vi.spyOn(town.store, "put");
    const update = vi.spyOn(town.store, "update");
    town.selling.practise(true);
    const tried = [["paid", "paid"], ["part", "paid"], ["budget_too_low", "refused"], ["open", "open"]] as const;
    for (const [choice, kind] of tried) {
      await type(town, 4250);
      town.selling.choose(choice);
      await town.selling.read(showCode());
      await says(town, { kind });
      await town.selling.next();
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(town.server.calls.slice(calls)).toEqual([]);
    expect(put).not.toHaveBeenCalled();
    expect(update).not.toHaveBeenCalled();
    town.selling.practise(false);
    expect(town.state.view.selling.pretended).toBeNull();
  });
});
