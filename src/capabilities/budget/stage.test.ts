import { describe, expect, it } from "vitest";
import { milliseconds } from "../../kernel/units.ts";
import { createMemoryLedgerStore } from "../../platform/memory/index.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { Budget } from "./budget.ts";
import { opened, spent, written } from "./budgets.test-support.ts";
import { createBudgetDoors } from "./stage.ts";

async function doorsOf(list: readonly Budget[], store?: LedgerStore) {
  const one = await opened(list, store === undefined ? {} : { store });
  return { ...one, doors: createBudgetDoors({ ...one, clock: one.time.clock, timer: one.time.timer }) };
}

const claim = (request: string, nanoUsd: number) => ({ spender: {}, request, attempt: 0, nanoUsd });
const within = milliseconds(200);

describe("createBudgetDoors", () => {
  it("refuses at door 3 when nothing is left, until the next period", async () => {
    const { doors, time, pass } = await doorsOf([written("team", { limitUsd: "0.000001", period: "day" })]);
    doors.admit({}, false);
    doors.fund(claim("a", 1000), within)?.reservation.settle(spent(1000));
    await pass(50);
    const refused = expect.objectContaining({
      code: "budget_exhausted",
      publicMessage: "The budget `team` is used up.",
      facts: expect.objectContaining({ retryAfterMs: 13 * 3_600_000 - 50 }),
    });
    expect(() => doors.admit({}, false)).toThrow(refused);
    expect(() => doors.fund(claim("b", 250_000_000), within)).toThrow(
      expect.objectContaining({
        code: "budget_exhausted",
        publicMessage: expect.stringContaining(
          "too little left for this call, which may cost up to 0.25 USD",
        ),
      }),
    );
    time.advance(13 * 3_600_000);
    doors.admit({}, false);
  });

  it("names no moment where a budget does not begin anew", async () => {
    const { doors } = await doorsOf([written("once", { limitUsd: 0, period: "total" })]);
    let thrown: unknown;
    try {
      doors.admit({}, false);
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toMatchObject({ code: "budget_exhausted" });
    expect(thrown).not.toMatchObject({ facts: { retryAfterMs: expect.anything() } });
  });

  it("stops ordinary services only for budgets that name a route", async () => {
    const { doors } = await doorsOf([
      written("all", { limitUsd: 0 }),
      written("maps", { limitUsd: 0, scope: { route: "maps" } }),
    ]);
    doors.admit({ route: "weather" }, true);
    expect(() => doors.admit({ route: "weather" }, false)).toThrow(/budget all/);
    expect(() => doors.admit({ route: "maps" }, true)).toThrow(/budget maps/);
  });

  it("asks for a price only where a hard budget counts", async () => {
    const { doors } = await doorsOf([
      written("soft", { limitUsd: 1, kind: "soft" }),
      written("hard", { limitUsd: 1, scope: { key: "a" } }),
    ]);
    expect([doors.needsPrice({}), doors.needsPrice({ key: "a" })]).toEqual([false, true]);
  });

  it("waits for the ledger no longer than it may, gives the money back then, and refuses", async () => {
    const store = createMemoryLedgerStore();
    let isDown = true;
    const down: LedgerStore = {
      ...store,
      commit: (batch) => (isDown ? Promise.reject(new Error("down")) : store.commit(batch)),
    };
    const { doors, budgets, pass } = await doorsOf([written("team", { limitUsd: 1 })], down);
    const waits = doors.fund(claim("a", 1000), within)?.wait;
    const refused = waits?.catch((fault: unknown) => fault);
    await pass(300);
    expect(await refused).toMatchObject({ code: "storage_unavailable" });
    expect(budgets.states()[0]?.reserved).toBe(0n);
    isDown = false;
    await pass(10_000);
    await doors.fund(claim("b", 1000), within)?.wait;
    expect(
      (await store.entries({ budget: "team", limit: 9 })).map(({ request, kind }) => `${request} ${kind}`),
    ).toEqual(["b reserve", "a release", "a reserve"]);
  });
});
