import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Trouble } from "web_shared/device/trouble";
import { asked, NOW, openTill, refused, says, showCode, type Town, type } from "./town";

beforeEach(() => vi.useFakeTimers({ now: NOW * 1000 }));
afterEach(() => vi.useRealTimers());

async function scan(town: Town, cents = 4250, code = showCode()): Promise<void> {
  await type(town, cents);
  await town.selling.read(code);
  await asked(town);
}

function pass(town: Town, seconds: number): void {
  town.server.now += seconds;
  vi.setSystemTime(town.server.now * 1000);
  town.state.tick();
}

describe("a claim", () => {
  it("is stored before it is sent", async () => {
    const town = await openTill();
    town.server.whenPaying = async () => {
      const [claim] = await town.selling.journal.claims();
      expect(claim).toMatchObject({ state: "open", amount: 4250 });
      expect(claim!.body).not.toBeNull();
    };
    await scan(town);
    expect(town.server.calls).toContain("pay");
    await says(town, { kind: "paid" });
    expect((await town.selling.journal.claims())[0]!.body).toBeNull();
  });

  it("is not sent when it cannot be stored", async () => {
    const town = await openTill();
    vi.spyOn(town.store, "update").mockRejectedValue(new Trouble("storage_full"));
    await scan(town);
    expect(town.server.calls).not.toContain("pay");
    expect(town.state.view.trouble?.code).toBe("storage_full");
  });

  it("is paid once when the app was closed before it was sent", async () => {
    const town = await openTill();
    vi.spyOn(town.selling.journal, "send").mockResolvedValue();
    await type(town, 4250);
    await town.selling.read(showCode());
    const again = await openTill(town.store, town.server);
    await asked(again);
    expect(town.server.debits.size).toBe(1);
    await says(again, { kind: "paid" });
  });

  it.each(["before", "after"] as const)("is paid once when the connection failed %s it arrived", async (cut) => {
    const town = await openTill();
    town.server.cut = cut;
    await scan(town);
    await says(town, { kind: "open" });
    town.server.cut = "none";
    await vi.advanceTimersByTimeAsync(60_000);
    await says(town, { kind: "paid" });
    expect(town.server.debits.size).toBe(1);
  });

  it("is paid once when the app was closed before the answer", async () => {
    const town = await openTill();
    town.server.cut = "after";
    await scan(town);
    town.server.cut = "none";
    const again = await openTill(town.store, town.server);
    await asked(again);
    await says(again, { kind: "paid" });
    expect(town.server.debits.size).toBe(1);
  });

  it("is paid once when two tabs send it", async () => {
    const town = await openTill();
    town.server.cut = "before";
    await scan(town);
    town.server.cut = "none";
    const other = await openTill(town.store, town.server);
    await Promise.all([asked(town), asked(other)]);
    expect(town.server.debits.size).toBe(1);
    expect(await town.selling.journal.claims()).toMatchObject([{ state: "paid", paid: 4250 }]);
  });

  it("keeps the answer that another tab has stored", async () => {
    const town = await openTill();
    town.server.whenPaying = async () => {
      const [claim] = await town.selling.journal.claims();
      await town.store.put(`claim:${claim!.id}`, { ...claim, state: "refused", body: null });
    };
    await scan(town);
    await vi.advanceTimersByTimeAsync(1000);
    expect(town.server.debits.size).toBe(1);
    expect(await town.selling.journal.claims()).toMatchObject([{ state: "refused" }]);
  });

  it("is the same for the same code in the same sale", async () => {
    const town = await openTill();
    const code = showCode();
    town.server.cut = "after";
    await scan(town, 4250, code);
    town.state.restart("scan");
    town.server.cut = "none";
    await town.selling.read(code);
    await asked(town);
    expect(await town.selling.journal.claims()).toHaveLength(1);
    await says(town, { kind: "paid" });
  });

  it("on a code with an open claim is not made", async () => {
    const town = await openTill();
    const code = showCode();
    town.server.cut = "after";
    await scan(town, 4250, code);
    await town.selling.next();
    await scan(town, 4250, code);
    expect(await town.selling.journal.claims()).toHaveLength(1);
    await town.selling.next();
    town.server.cut = "none";
    await asked(town);
    await vi.waitFor(() => expect(town.state.view.selling.late).toBe([...town.server.debits.keys()][0]));
  });

  it.each(["pending", 503, 429] as const)("stays open after %s", async (cut) => {
    const town = await openTill();
    town.server.cut = cut;
    await scan(town);
    await says(town, { kind: cut === "pending" ? "busy" : "open" });
    town.server.cut = "none";
    await vi.advanceTimersByTimeAsync(60_000);
    await says(town, { kind: "paid" });
  });

  it("is refused by the rules only", async () => {
    const town = await openTill();
    town.server.cut = "category_not_permitted";
    await scan(town);
    await says(town, { kind: "refused", reason: "category_not_permitted" });
    vi.spyOn(town.server, "pay").mockRejectedValue(refused("request_invalid", 400));
    await scan(town);
    await says(town, { kind: "refused" });
  });
});

describe("a claim whose code has expired", () => {
  it("is paid when the server has its payment", async () => {
    const town = await openTill();
    town.server.cut = "after";
    await scan(town);
    pass(town, 400);
    town.server.cut = "none";
    await asked(town);
    await says(town, { kind: "paid" });
    expect(town.server.calls.filter((call) => call === "pay")).toHaveLength(1);
  });

  it("is not paid when the server has no payment of it", async () => {
    const town = await openTill();
    town.server.cut = "before";
    await scan(town);
    pass(town, 400);
    town.server.cut = "none";
    await asked(town);
    await says(town, { kind: "refused", reason: "not_paid" });
    expect((await town.selling.journal.claims())[0]).toMatchObject({ body: null });
  });

  it.each(["before", 503] as const)("stays open while the outcome is unknown: %s", async (cut) => {
    const town = await openTill();
    town.server.cut = "before";
    await scan(town);
    pass(town, 400);
    town.server.cut = cut;
    await asked(town);
    await says(town, { kind: "open" });
  });

  it("is refused by the rules when the code had expired before it was scanned", async () => {
    const town = await openTill();
    await scan(town, 4250, showCode(10_000, NOW - 400));
    await says(town, { kind: "refused", reason: "code_expired" });
  });

  it("has expired by the server's clock, not by the device's", async () => {
    const town = await openTill();
    town.server.cut = "before";
    await scan(town);
    vi.setSystemTime((NOW + 4000) * 1000);
    town.state.tick();
    town.server.cut = "none";
    await asked(town);
    await says(town, { kind: "paid" });
  });
});
