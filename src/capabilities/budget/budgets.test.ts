import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { createMemoryLedgerStore } from "../../platform/memory/index.ts";
import type { LedgerBatch, LedgerStore } from "../../ports/ledger-store.ts";
import { type Opened, opened, spent, written } from "./budgets.test-support.ts";
import type { Reservation } from "./budgets.ts";

const usd = 1_000_000_000;

function held(
  { budgets }: Pick<Opened, "budgets">,
  request: string,
  nanoUsd: number,
  spender = {},
): Reservation {
  const reserved = budgets.reserve({ spender, request, attempt: 0, nanoUsd });
  if (reserved.kind !== "held") throw new Error(`${request} is not held: ${reserved.kind}`);
  return reserved.reservation;
}

const figures = ({ budgets }: Pick<Opened, "budgets">, id = "team") => {
  const state = budgets.states().find(({ budget }) => budget.id === id);
  return [state?.settled, state?.reserved, state?.available];
};

describe("createBudgets", () => {
  it("holds the worst case, then books what it was, and gives the rest back", async () => {
    const one = await opened([written("team", { limitUsd: 1 })]);
    const reservation = held(one, "a", 0.4 * usd);
    expect(figures(one)).toEqual([0n, 400_000_000n, 600_000_000n]);
    reservation.settle(spent(123));
    reservation.settle(spent(999));
    reservation.release();
    expect(figures(one)).toEqual([123n, 0n, 999_999_877n]);
    await one.pass(100);
    expect(
      (await one.store.entries({ budget: "team", limit: 9 })).map(({ kind, nanoUsd }) => [kind, nanoUsd]),
    ).toEqual([
      ["settle", 123],
      ["reserve", 0.4 * usd],
    ]);
  });

  it("takes of all levels or of none: what one of them refuses is held by nobody", async () => {
    const one = await opened([
      written("tenant", { limitUsd: 1, scope: { tenant: "acme" } }),
      written("key", { limitUsd: 0.1, scope: { tenant: "acme", key: "key_1" } }),
      written("model", { limitUsd: 5, scope: { model: "gpt-*" } }),
      written("other", { limitUsd: 5, scope: { tenant: "other" } }),
    ]);
    const spender = { tenant: "acme", key: "key_1", model: "gpt-5" };
    held(one, "a", 0.06 * usd, spender);
    const refused = one.budgets.reserve({ spender, request: "b", attempt: 0, nanoUsd: 0.06 * usd });
    expect(refused).toMatchObject({ kind: "exhausted", by: { budget: "key" } });
    for (const id of ["tenant", "key", "model"]) expect(figures(one, id)[1]).toBe(60_000_000n);
    expect(figures(one, "other")[1]).toBe(0n);
    held(one, "b", 0.06 * usd, { ...spender, key: "key_2" });
    expect(figures(one, "tenant")[1]).toBe(120_000_000n);
    expect(one.budgets.reserve({ spender: {}, request: "c", attempt: 0, nanoUsd: 1 }).kind).toBe("none");
  });

  it("only counts for soft budgets", async () => {
    const one = await opened([written("team", { limitUsd: 0.001, kind: "soft" })]);
    held(one, "a", 5 * usd).settle(spent(5 * usd));
    expect(held(one, "b", 5 * usd).nanoUsd).toBe(5 * usd);
    expect(figures(one)[0]).toBe(BigInt(5 * usd));
  });

  it("begins anew with each period; what was held in one is settled there", async () => {
    const one = await opened([written("team", { limitUsd: 1, period: "day" })]);
    const reservation = held(one, "a", usd);
    const refused = one.budgets.reserve({ spender: {}, request: "b", attempt: 0, nanoUsd: 1 });
    expect(refused).toEqual({
      kind: "exhausted",
      by: { budget: "team", until: Date.UTC(2026, 10, 29) },
    });
    one.time.advanceTo(Date.UTC(2026, 10, 29));
    held(one, "b", 5);
    reservation.settle(spent(usd));
    expect(figures(one)).toEqual([0n, 5n, BigInt(usd) - 5n]);
    await one.pass(100);
    const { totals } = await one.store.open(0);
    expect(totals).toMatchObject([
      { period: Date.UTC(2026, 10, 28), settled: BigInt(usd) },
      { period: Date.UTC(2026, 10, 29), reserved: 5n },
    ]);
  });

  it("never spends more than the limit of a hard budget, whatever calls come in whichever order", async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("reserve"),
        amount: fc.integer({ min: 0, max: 400 }),
        level: fc.nat({ max: 2 }),
      }),
      fc.record({
        do: fc.constantFrom("settle", "release"),
        which: fc.nat(),
        share: fc.integer({ min: 0, max: 100 }),
      }),
      fc.record({ do: fc.constant("pass"), ms: fc.integer({ min: 0, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const limit = 1000;
        const rules = { limitUsd: "0.000001", period: "total" };
        const one = await opened([
          written("all", rules),
          written("a", { ...rules, scope: { key: "a" } }),
          written("b", { ...rules, scope: { key: "b" }, limitUsd: "0.0000005" }),
        ]);
        const open: Reservation[] = [];
        for (const [index, now] of steps.entries()) {
          if (now.do === "reserve" && "amount" in now) {
            const spender = { key: ["a", "b", "c"][now.level] };
            const got = one.budgets.reserve({
              spender,
              request: `${index}`,
              attempt: 0,
              nanoUsd: now.amount,
            });
            if (got.kind === "held") open.push(got.reservation);
          } else if ("which" in now && open.length > 0) {
            const [taken] = open.splice(now.which % open.length, 1);
            if (now.do === "release") taken?.release();
            else taken?.settle(spent(Math.floor(((taken?.nanoUsd ?? 0) * now.share) / 100)));
          } else if ("ms" in now) await one.pass(now.ms);
          for (const { settled, reserved, budget } of one.budgets.states()) {
            expect(settled + reserved).toBeLessThanOrEqual(budget.limit);
            expect(reserved).toBeGreaterThanOrEqual(0n);
          }
        }
        await one.pass(200);
        const states = one.budgets.states();
        const { totals } = await one.store.open(0);
        for (const { budget, settled, reserved } of states) {
          const kept = totals.find((total) => total.budget === budget.id);
          expect([kept?.settled ?? 0n, kept?.reserved ?? 0n]).toEqual([settled, reserved]);
        }
        expect(await one.store.check(0)).toEqual([]);
        expect(states[0]?.budget.limit).toBe(BigInt(limit));
      }),
      { numRuns: 60 },
    );
  });
});

describe("slices", () => {
  it("let calls go at once; the first, and what is larger than a slice, wait for the ledger", async () => {
    const one = await opened([written("team", { limitUsd: 10 })]);
    const claim = (request: string, nanoUsd: number) => {
      const got = one.budgets.reserve({ spender: {}, request, attempt: 0, nanoUsd });
      return got.kind === "held" ? got.durable : undefined;
    };
    const first = claim("a", 1000);
    expect(first).toBeInstanceOf(Promise);
    await one.pass(50);
    await first;
    expect((await one.store.open(0)).slices).toEqual([expect.objectContaining({ nanoUsd: 499_999_950 })]);
    expect(claim("b", 1000)).toBeUndefined();
    expect(claim("c", 0.6 * usd)).toBeInstanceOf(Promise);
  });

  it("are durable before they are drawn on: what is drawn and not durable never exceeds the one that is", async () => {
    const store = createMemoryLedgerStore();
    let open = true;
    const gate: (() => void)[] = [];
    const one = await opened([written("team", { limitUsd: 10 })], {
      store: {
        ...store,
        commit: async (batch) => {
          if (!open) await new Promise<void>((resolve) => gate.push(resolve));
          await store.commit(batch);
        },
      },
    });
    held(one, "a", 1000);
    await one.pass(50);
    open = false;
    let waiting = 0;
    for (let call = 0; call < 40; call += 1) {
      const got = one.budgets.reserve({ spender: {}, request: `b${call}`, attempt: 0, nanoUsd: 0.03 * usd });
      if (got.kind === "held" && got.durable !== undefined) waiting += 1;
    }
    // Sixteen times three cents are just under half a dollar: the slice.
    expect(waiting).toBe(24);
    for (const go of gate.splice(0)) go();
  });

  it("go back when nobody draws on them, and at the end", async () => {
    const one = await opened([written("team", { limitUsd: 10 })]);
    held(one, "a", 1000);
    await one.pass(50);
    expect((await one.store.open(0)).slices).toHaveLength(1);
    await one.pass(21_000);
    expect((await one.store.open(0)).slices).toEqual([]);
    held(one, "b", 1000);
    await one.pass(50);
    expect((await one.store.open(0)).slices).toHaveLength(1);
    const closed = one.budgets.close(1000);
    await one.pass(50);
    await closed;
    expect((await one.store.open(0)).slices).toEqual([]);
  });
});

describe("a restart", () => {
  it("settles what was open at what it had reserved, marked as estimated, and takes its slice for spent", async () => {
    const list = [written("team", { limitUsd: 10, period: "total" })];
    const one = await opened(list);
    held(one, "a", 7000);
    held(one, "b", 500).settle(spent(400));
    await one.pass(50);
    // Killed here.
    const again = await opened(list, { store: one.store, time: one.time });
    const slice = 499_999_650;
    expect(figures(again)).toEqual([BigInt(7400 + slice), 0n, BigInt(10 * usd - 7400 - slice)]);
    await again.pass(50);
    expect(await again.store.entries({ budget: "team", limit: 2 })).toMatchObject([
      { kind: "adjust", nanoUsd: slice, estimated: true },
      { request: "a", kind: "settle", nanoUsd: 7000, estimated: true },
    ]);
    const third = await opened(list, { store: one.store, time: one.time });
    expect(figures(third)).toEqual(figures(again));
    expect(await third.store.check(0)).toEqual([]);
  });

  it("charges no more than the limit leaves, and nothing after a clean end", async () => {
    const list = [written("team", { limitUsd: "0.00001", period: "total" })];
    const store = createMemoryLedgerStore();
    await store.commit({ slices: [{ budget: "team", period: 0, nanoUsd: 8000 }] });
    const one = await opened(list, { store });
    held(one, "a", 2000).settle(spent(2000));
    expect(figures(one)[0]).toBe(10_000n);
    await one.pass(50);
    const closed = one.budgets.close(1000);
    await one.pass(50);
    await closed;
    expect(figures(await opened(list, { store }))[0]).toBe(10_000n);
  });

  it("tells each threshold once in a period, over restarts too", async () => {
    const list = [written("team", { limitUsd: 1, period: "day" })];
    const one = await opened(list);
    held(one, "a", 0.6 * usd).settle(spent(0.55 * usd));
    held(one, "b", 0.1 * usd).settle(spent(0.01 * usd));
    await one.pass(50);
    expect(one.alerts.map(({ threshold }) => threshold)).toEqual([50]);
    const again = await opened(list, { store: one.store, time: one.time });
    held(again, "c", 0.1 * usd).settle(spent(0.1 * usd));
    expect(again.alerts).toEqual([]);
    held(again, "d", 0.2 * usd).settle(spent(0.2 * usd));
    await again.pass(50);
    expect(again.alerts.map(({ threshold }) => threshold)).toEqual([80]);
    expect(JSON.parse(again.alerts[0]?.body ?? "")).toMatchObject({
      budget: "team",
      limitUsd: 1,
      period: { start: Date.UTC(2026, 10, 28), end: Date.UTC(2026, 10, 29) },
    });
    one.time.advanceTo(Date.UTC(2026, 10, 29));
    held(again, "e", 0.6 * usd).settle(spent(0.6 * usd));
    await again.pass(50);
    expect(again.alerts.map(({ threshold }) => threshold)).toEqual([80, 50]);
  });
});

describe("a budget that is changed while a call of it is open", () => {
  it("tells by the limit that counts now, and nothing once it is gone", async () => {
    const one = await opened([written("team", { limitUsd: 1 })]);
    const [first, second, third] = ["a", "b", "c"].map((name) => held(one, name, 0.3 * usd));
    one.budgets.configure([written("team", { limitUsd: 100 })]);
    first?.settle(spent(0.3 * usd));
    second?.settle(spent(0.3 * usd));
    await one.pass(50);
    expect(one.alerts).toEqual([]);
    one.budgets.configure([]);
    third?.settle(spent(0.3 * usd));
    await one.pass(50);
    expect(one.alerts).toEqual([]);
    one.budgets.configure([written("team", { limitUsd: 1 })]);
    expect(figures(one)[0]).toBe(900_000_000n);
    await one.pass(50);
    expect(one.alerts.map(({ threshold }) => threshold)).toEqual([50, 80]);
  });
});

describe("a store that fails", () => {
  /** Fails at the `at`-th commit: before it is done, or after it was, when nobody hears of it. */
  function failing(
    store: LedgerStore,
    at: number,
    how: "before" | "after",
  ): LedgerStore & { readonly count: () => number } {
    let calls = 0;
    return {
      ...store,
      count: () => calls,
      commit: async (batch: LedgerBatch) => {
        calls += 1;
        if (calls === at && how === "before")
          throw new GatewayError("storage_unavailable", "the disk is full");
        await store.commit(batch);
        if (calls === at) throw new GatewayError("storage_unavailable", "no answer");
      },
    };
  }

  async function flow(one: Opened): Promise<void> {
    const first = held(one, "a", 1000);
    await one.pass(30);
    const second = held(one, "b", 2000);
    await one.pass(30);
    first.settle(spent(700));
    await one.pass(30);
    second.release();
    held(one, "c", 3000).settle(spent(0.6 * usd));
    await one.pass(30);
    held(one, "d", 4000);
    await one.pass(10_000);
  }

  const steps = [1, 2, 3, 4, 5].flatMap((at) => [
    { at, how: "before" as const },
    { at, how: "after" as const },
  ]);
  it.for(steps)(
    "loses and doubles no entry when commit $at fails ($how it was done)",
    async ({ at, how }) => {
      const list = [written("team", { limitUsd: 1, period: "total" })];
      const whole = await opened(list);
      await flow(whole);
      const store = failing(createMemoryLedgerStore(), at, how);
      const one = await opened(list, { store });
      await flow(one);
      expect(store.count()).toBeGreaterThan(at);
      expect(one.faults).toHaveLength(1);
      expect(figures(one)).toEqual(figures(whole));
      const shape = async ({ store: of }: Opened) =>
        (await of.entries({ budget: "team", limit: 99 })).map(({ request, kind, nanoUsd }) => [
          request,
          kind,
          nanoUsd,
        ]);
      expect(new Set(await shape(one))).toEqual(new Set(await shape(whole)));
      expect(await shape(one)).toHaveLength((await shape(whole)).length);
      expect((await store.open(0)).totals).toEqual((await whole.store.open(0)).totals);
      expect(await store.check(0)).toEqual([]);
      expect(one.alerts.map(({ threshold }) => threshold)).toEqual([50]);
    },
  );

  it.for(steps)(
    "goes on from what is durable when the process ends at commit $at ($how it was done)",
    async ({ at, how }) => {
      const list = [written("team", { limitUsd: 1, period: "total" })];
      const inner = createMemoryLedgerStore();
      let calls = 0;
      // From this commit on nothing is heard of the store any more: the process is gone.
      const gone: LedgerStore = {
        ...inner,
        commit: async (batch) => {
          calls += 1;
          if (calls < at || (calls === at && how === "after")) await inner.commit(batch);
          if (calls >= at) await new Promise(() => undefined);
        },
      };
      await flow(await opened(list, { store: gone }));
      const again = await opened(list, { store: inner });
      await again.pass(100);
      const entries = await inner.entries({ budget: "team", limit: 99 });
      const reserved = entries.filter(({ kind }) => kind === "reserve").map(({ request }) => request);
      const ended = entries
        .filter(({ kind }) => kind === "settle" || kind === "release")
        .map(({ request }) => request);
      expect(ended.toSorted()).toEqual(reserved.toSorted());
      expect(await inner.check(0)).toEqual([]);
      const { totals } = await inner.open(0);
      expect(totals.map(({ settled, reserved: left }) => [settled, left])).toEqual(
        totals.length === 0 ? [] : [[figures(again)[0], 0n]],
      );
    },
  );
});
