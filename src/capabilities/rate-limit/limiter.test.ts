import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Limit, scopeOf } from "./limit.ts";
import {
  admitAll,
  type Charge,
  createLimitState,
  type Hold,
  type LimitState,
  standingOf,
} from "./limiter.ts";

const second = 1e6;
/** In the middle of the year, where a step of a double is 0.002 µs. */
const start = 182 * 86_400 * second;
const never = Number.POSITIVE_INFINITY;

const limitOf = (more: Partial<Limit>): Limit => ({
  id: "l",
  scope: ["key"],
  unit: "requests",
  limit: 10,
  perMs: 1000,
  for: {},
  ...more,
});
const stateOf = (more: Partial<Limit> = {}): LimitState => createLimitState(limitOf(more), 1000);
const charge = (state: LimitState, cost: number, scope = "a"): Charge => ({ state, scope, cost });
const admit = (charges: readonly Charge[], now: number): Hold | undefined => {
  const verdict = admitAll(charges, now, never);
  return verdict.kind === "admitted" ? verdict.hold : undefined;
};
const leftOf = (state: LimitState, now: number): number => standingOf(charge(state, 0), now).left;

describe("admitAll", () => {
  it("lets through at most burst + t / T in every window of every arrival pattern", () => {
    const limits = fc.record({
      limit: fc.integer({ min: 1, max: 1000 }),
      perMs: fc.integer({ min: 1, max: 100_000 }),
      burst: fc.integer({ min: 1, max: 1000 }),
    });
    const arrivals = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 2_000_000 }), cost: fc.integer({ min: 0, max: 50 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(limits, arrivals, ({ limit, perMs, burst }, requests) => {
        const state = stateOf({ limit, perMs, burst });
        const passed: { readonly at: number; readonly cost: number }[] = [];
        let now = start;
        for (const { gap, cost } of requests) {
          now += gap;
          if (admit([charge(state, cost)], now) !== undefined) passed.push({ at: now, cost });
        }
        for (const [first, { at }] of passed.entries()) {
          let spent = 0;
          for (const one of passed.slice(first)) {
            spent += one.cost;
            const most = burst + ((one.at - at) / 1000) * (limit / perMs);
            expect(spent).toBeLessThanOrEqual(most + 0.26);
          }
        }
      }),
    );
  });

  it("never refuses what fits, whatever rounding does, at up to three thousand a second", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1000, max: 100_000 }),
        (limit, perMs) => {
          const state = stateOf({ limit, perMs });
          for (let index = 0; index < limit; index += 1)
            expect(admit([charge(state, 1)], start)).toBeDefined();
          expect(admit([charge(state, 1)], start)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });

  it("charges all limits or none", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))),
        (asks) => {
          const wide = stateOf({ id: "wide", limit: 100 });
          const narrow = stateOf({ id: "narrow" });
          for (const [wideCost, narrowCost] of asks) {
            const before = [leftOf(wide, start), leftOf(narrow, start)];
            const passed = admit([charge(wide, wideCost), charge(narrow, narrowCost)], start);
            const after = [leftOf(wide, start), leftOf(narrow, start)];
            expect(after).toEqual(
              passed === undefined ? before : [(before[0] ?? 0) - wideCost, (before[1] ?? 0) - narrowCost],
            );
          }
        },
      ),
    );
  });

  it("ends in the same bucket in whatever order requests are settled", () => {
    const requests = fc.array(
      fc.record({ cost: fc.integer({ min: 0, max: 100 }), actual: fc.integer({ min: 0, max: 150 }) }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(requests, fc.infiniteStream(fc.nat()), (list, order) => {
        const state = stateOf({ limit: 10_000 });
        const holds = list.map(({ cost, actual }) => ({ hold: admit([charge(state, cost)], start), actual }));
        const shuffled = holds
          .map((one) => ({ one, by: order.next().value ?? 0 }))
          .toSorted((left, right) => left.by - right.by);
        for (const { one } of shuffled) one.hold?.settle(() => one.actual, start);
        const taken = list.reduce((sum, { actual }) => sum + actual, 0);
        expect(leftOf(state, start)).toBe(Math.max(0, 10_000 - taken));
      }),
    );
  });

  it("admits exactly 100 of ten times 100 at a cost of 100 on 10,000, and after refunds of 60 each exactly 60 more", () => {
    const state = stateOf({ unit: "total_tokens", limit: 10_000, perMs: 60_000 });
    const many = (): readonly Hold[] =>
      Array.from({ length: 1000 }, () => admit([charge(state, 100)], start)).filter(
        (hold) => hold !== undefined,
      );
    const first = many();
    expect(first).toHaveLength(100);
    for (const hold of first) hold.settle(() => 40, start);
    expect(many()).toHaveLength(60);
  });

  it("has a debt repaid before the next request", () => {
    const state = stateOf();
    admit([charge(state, 1)], start)?.settle(() => 30, start);
    expect(leftOf(state, start)).toBe(0);
    expect(admit([charge(state, 0)], start + 1.9 * second)).toBeUndefined();
    expect(admitAll([charge(state, 1)], start, never)).toMatchObject({ kind: "refused", waitMs: 2100 });
    expect(admit([charge(state, 1)], start + 2.1 * second)).toBeDefined();
  });

  it("gives all back of what was never sent, once, and nothing above the full", () => {
    const state = stateOf();
    const hold = admit([charge(state, 8)], start);
    hold?.cancel(start);
    hold?.cancel(start);
    expect(leftOf(state, start)).toBe(10);
    const late = admit([charge(state, 8)], start);
    late?.cancel(start + 60 * second);
    expect(leftOf(state, start + 60 * second)).toBe(10);
  });

  it("lets the charge of what was never settled stay", () => {
    const state = stateOf({ perMs: 3_600_000 });
    const verdict = admitAll([charge(state, 8)], start, start + 60 * second);
    if (verdict.kind === "admitted") verdict.hold.settle(() => 0, start + 61 * second);
    expect(leftOf(state, start + 61 * second)).toBe(2);
  });

  it("tells what can never pass from what has to wait, and names the limit that takes longest", () => {
    const small = stateOf({ id: "small" });
    const slow = stateOf({ id: "slow", perMs: 60_000 });
    expect(admitAll([charge(small, 11)], start, never)).toMatchObject({ kind: "too-large", burst: 10 });
    admit([charge(small, 10), charge(slow, 10)], start);
    const verdict = admitAll([charge(small, 1), charge(slow, 1)], start, never);
    expect(verdict).toMatchObject({ kind: "refused", charge: { state: slow }, waitMs: 6000 });
  });

  it("counts places, and takes those back that are never given", () => {
    const state = stateOf({ unit: "concurrent", limit: 2 });
    const take = (at: number) => admitAll([charge(state, 1)], at, at + 10 * second);
    const first = take(start);
    expect(take(start).kind).toBe("admitted");
    expect(take(start).kind).toBe("refused");
    if (first.kind === "admitted") first.hold.settle(() => undefined, start);
    expect(take(start).kind).toBe("admitted");
    expect(take(start + 10 * second).kind).toBe("admitted");
  });

  it("shrinks rate and burst together, and still passes once the bucket is full what fits into the whole burst", () => {
    const state = stateOf({ adaptive: { floor: 0.25 } });
    const half = { ...charge(state, 6), share: 0.5 };
    expect(standingOf(half, start)).toMatchObject({ inForce: 5, left: 5 });
    expect(admitAll([half], start, never).kind).toBe("admitted");
    expect(admitAll([{ ...half, cost: 1 }], start + 0.3 * second, never)).toMatchObject({
      kind: "refused",
      waitMs: 100,
    });
  });
});

describe("buckets", () => {
  it("are dropped when they are full, so that strangers who are gone take no room", () => {
    const state = createLimitState(limitOf({}), 1000);
    for (let index = 0; index < 5000; index += 1)
      admit([charge(state, 1, `k${index}`)], start + index * 0.01 * second);
    expect(state.buckets.size()).toBeLessThan(30);
  });

  it("are one for all strangers where there are too many", () => {
    const state = createLimitState(limitOf({ perMs: 3_600_000 }), 100);
    const passed = Array.from({ length: 300 }, (_, index) => admit([charge(state, 10, `k${index}`)], start));
    expect(passed.filter((hold) => hold !== undefined)).toHaveLength(101);
  });

  it("tell who has taken most", () => {
    const state = stateOf();
    for (let index = 0; index < 9; index += 1) admit([charge(state, index + 1, `k${index}`)], start);
    expect(state.buckets.fullest(2, start).map(({ scope }) => scope)).toEqual(["k8", "k7"]);
  });
});

describe("scopeOf", () => {
  it.for<{ name: string; scope: Limit["scope"]; ip: string; expected: string }>([
    { name: "an IPv4 address is itself", scope: ["ip"], ip: "192.0.2.7", expected: "192.0.2.7" },
    { name: "IPv4 in IPv6 is that address", scope: ["ip"], ip: "::ffff:192.0.2.7", expected: "192.0.2.7" },
    {
      name: "IPv6 counts as its /64",
      scope: ["ip"],
      ip: "2001:db8:1:2:3:4:5:6",
      expected: "20010db800010002/64".replace(/^0+/, ""),
    },
    { name: "so does its neighbour", scope: ["ip"], ip: "2001:db8:1:2::9", expected: "20010db800010002/64" },
    { name: "several make one name", scope: ["key", "ip"], ip: "192.0.2.7", expected: "k|192.0.2.7" },
  ])("$name", ({ scope, ip, expected }) => {
    expect(scopeOf(scope, { key: "k", ip })).toBe(expected);
  });

  it("does not let one name pass for two, and has none where a part is not known", () => {
    expect(scopeOf(["key", "model"], { key: "a|b", model: "c" })).not.toBe(
      scopeOf(["key", "model"], { key: "a", model: "b|c" }),
    );
    expect(scopeOf(["key", "model"], { key: "a" })).toBeUndefined();
  });
});
