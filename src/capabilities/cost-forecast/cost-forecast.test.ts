import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cost } from "../../exchange/settlement.ts";
import type { Usage } from "../../exchange/usage.ts";
import { mulberry } from "../../statistics/mulberry.ts";
import { createLedger } from "./ledger.ts";
import { dateOf, dayMs, dayOf, hourMs, monthOf } from "./month.ts";
import { runsOutOn } from "./runs-out.ts";
import { costForecastBounds } from "./settings.ts";
import { type CostForecaster, createCostForecaster } from "./stage.ts";
import { createUpTime } from "./up-time.ts";

const minuteMs = 60_000;
const usd = 1_000_000_000;
const start = Date.UTC(2026, 5, 1); // a Monday

const usage: Usage = { input: {}, output: {}, basis: "reported" };
const costing = (nanoUsd: number | null): Cost => ({ nanoUsd, lines: [], source: null });
const record = (at: number, nanoUsd: number | null, more: { model?: string; keyId?: string } = {}) => ({
  ...{ at, keyId: "key_1", model: "fast", provider: "openai", cost: costing(nanoUsd), usage },
  ...more,
});

/** Lets days pass in which the gateway is up and spends so many dollars, at noon. */
function live(costs: CostForecaster, days: readonly number[], from: number): number {
  for (const [index, dollars] of days.entries()) {
    const at = from + index * dayMs;
    for (let hour = 0; hour < 24; hour += 1) {
      for (let minute = 3; minute <= 60; minute += 3) costs.isUp(at + hour * hourMs + minute * minuteMs - 1);
      if (hour === 12 && dollars > 0) costs.settled(record(at + hour * hourMs, dollars * usd));
    }
  }
  return from + days.length * dayMs;
}

const weeks = (count: number, week: readonly number[]): readonly number[] =>
  Array.from({ length: 7 * count }, (_, day) => week[day % 7] ?? 0);

describe("monthOf", () => {
  it.for([
    { at: "2026-02-28T23:59:59Z", name: "2026-02", first: "2026-02-01", last: "2026-02-28" },
    { at: "2028-02-01T00:00:00Z", name: "2028-02", first: "2028-02-01", last: "2028-02-29" },
    { at: "2026-12-31T12:00:00Z", name: "2026-12", first: "2026-12-01", last: "2026-12-31" },
  ])("$at is of $name", ({ at, name, first, last }) => {
    const month = monthOf(dayOf(Date.parse(at)));
    expect([month.name, dateOf(month.first), dateOf(month.last)]).toEqual([name, first, last]);
  });
});

describe("createLedger", () => {
  it("adds up to the last nano-dollar where a double would not", () => {
    const ledger = createLedger("all");
    const day = dayOf(start);
    for (let call = 0; call < 3; call += 1) ledger.book("all", start, Number.MAX_SAFE_INTEGER);
    ledger.book("all", start, 1);
    expect(ledger.read("all", day)).toEqual({
      nanoUsd: 3n * BigInt(Number.MAX_SAFE_INTEGER) + 1n,
      calls: 4,
      unpriced: 0,
    });
  });

  it("counts what has no price apart, and what is no number with it", () => {
    const ledger = createLedger("all");
    for (const cost of [null, Number.NaN, Number.POSITIVE_INFINITY, -5, 0.6]) ledger.book("all", start, cost);
    expect(ledger.read("all", dayOf(start))).toEqual({ nanoUsd: 1n, calls: 2, unpriced: 3 });
  });

  it("keeps ten weeks", () => {
    const ledger = createLedger("all");
    for (let day = 0; day < 71; day += 1) ledger.book("all", start + day * dayMs, day);
    const first = dayOf(start);
    expect(ledger.read("all", first)).toEqual({ nanoUsd: 0n, calls: 0, unpriced: 0 });
    expect(ledger.read("all", first + 1).nanoUsd).toBe(1n);
    expect(ledger.read("all", first + 70).nanoUsd).toBe(70n);
  });

  it("goes on after the clock was in the future for a while", () => {
    const ledger = createLedger("all");
    ledger.book("all", start + 700 * dayMs, 9);
    ledger.book("all", start, 4);
    expect(ledger.read("all", dayOf(start)).nanoUsd).toBe(4n);
  });

  it("is bounded: idle scopes go first, then those of least spend; names that a client makes up push out nobody", () => {
    const ledger = createLedger("all");
    ledger.book("all", start, 1);
    ledger.book("key:idle", start, 1_000_000);
    const now = start + (costForecastBounds.idleDays + 1) * dayMs;
    ledger.book("key:dear", now, 5000);
    for (let made = 0; made < 2500; made += 1) ledger.book(`route:made-up-${made}`, now, 1 + (made % 3));
    const scopes = ledger.scopes();
    expect(scopes).toHaveLength(costForecastBounds.scopesMax + 1);
    expect(scopes.slice(0, 2)).toEqual(["all", "key:dear"]);
    expect(scopes.at(-1)).toBe("route:made-up-2499");
  });

  it("drops what has not been seen for ten weeks, but never the whole", () => {
    const ledger = createLedger("all");
    for (const scope of ["all", "key:old"]) ledger.book(scope, start, 1);
    ledger.book("key:new", start + dayMs, 1);
    ledger.sweep(dayOf(start) + 69);
    expect(ledger.scopes()).toEqual(["all", "key:old", "key:new"]);
    ledger.sweep(dayOf(start) + 70);
    expect(ledger.scopes()).toEqual(["all", "key:new"]);
  });
});

describe("createUpTime", () => {
  it("takes days of half the usual time for gaps, whatever is usual", () => {
    const hours = new Map([9, 8, 3, 7.5, 10, 4].map((up, index) => [index, up * hourMs]));
    const isGap = createUpTime(0, hours).gapsBefore(8);
    expect([0, 1, 2, 3, 4, 5, 6, 7].filter(isGap)).toEqual([2, 5, 6, 7]);
    expect(createUpTime(0, new Map([[0, 0]])).gapsBefore(2)(1)).toBe(true);
  });

  it("counts a machine that slept as up for three minutes, and keeps ten weeks", () => {
    const upTime = createUpTime(0);
    upTime.tell(minuteMs);
    upTime.tell(12 * hourMs);
    expect(upTime.kept().get(0)).toBe(4 * minuteMs);
    for (let day = 1; day < 100; day += 1) upTime.tell(day * dayMs);
    expect(upTime.kept().size).toBe(70);
  });
});

describe("createCostForecaster", () => {
  it("books each cost on the whole, its key, its route and its provider, by the day it came", () => {
    const costs = createCostForecaster(start);
    costs.settled(record(start + dayMs - 1, 2 * usd));
    costs.settled(record(start + dayMs, usd, { keyId: "key_2", model: "x".repeat(250) }));
    costs.settled({ ...record(start + dayMs, null), keyId: null });
    costs.settled({ ...record(start, usd), cost: null });
    const now = start + dayMs + hourMs;
    expect(costs.scopes()).toEqual(["all", "key:key_1", "route:fast", "provider:openai", "key:key_2"]);
    const figures = (scope: string) => {
      const { monthToDateUsd, calls, unpriced, days } = costs.forecast(scope, now) ?? {};
      return [monthToDateUsd, calls, unpriced, days?.slice(-2).map(({ spentUsd }) => spentUsd)];
    };
    expect(figures("all")).toEqual([3, 2, 1, [2, 1]]);
    expect(figures("key:key_1")).toEqual([2, 1, 0, [2, 0]]);
    expect(figures("route:fast")).toEqual([2, 1, 1, [2, 0]]);
    expect(costs.forecast("key:nobody", now)).toBeUndefined();
  });

  it("is a straight line, marked thin and without a band, until it knows seven days", () => {
    const costs = createCostForecaster(start);
    expect(costs.forecast("all", start)).toMatchObject({ monthToDateUsd: 0, p50Usd: 0, isThin: true });
    const now = live(costs, [4, 4, 4, 4, 4, 4, 4], start);
    // Seven days, of which the first teaches nothing.
    const thin = costs.forecast("all", now);
    expect(thin).toMatchObject({
      isThin: true,
      knownDays: 6,
      p10Usd: null,
      p90Usd: null,
      monthToDateUsd: 28,
    });
    // Since noon of the first day: 28 dollars in six days and a half.
    expect(thin?.p50Usd).toBeCloseTo(28 + (23 * 28) / 6.5, 6);
    const later = costs.forecast("all", live(costs, [4], now));
    expect(later).toMatchObject({ isThin: false, knownDays: 7, monthToDateUsd: 32 });
    expect(later?.p50Usd).toBeCloseTo(120, 6);
  });

  it("does not multiply a first minute by all that are in a month", () => {
    const costs = createCostForecaster(start);
    costs.settled(record(start + 12 * hourMs, usd));
    expect(costs.forecast("all", start + 12 * hourMs + minuteMs)?.p50Usd).toBeCloseTo(1 + 29.5, 6);
    costs.settled(record(start + 12 * hourMs, usd));
    expect(costs.forecast("all", start + 12 * hourMs + minuteMs)?.p50Usd).toBeCloseTo(2 + 59, 6);
  });

  it("knows weekends, and that today is over in part", () => {
    const costs = createCostForecaster(start);
    const now = live(costs, weeks(8, [10, 10, 10, 10, 10, 0, 0]), start); // Monday, 27 July
    const told = costs.forecast("all", now);
    expect(told?.month).toBe("2026-07");
    // Five weekdays are left of July, 18 have been.
    expect(told?.monthToDateUsd).toBe(180);
    expect(told?.p10Usd).toBeCloseTo(230, 6);
    expect(told?.p90Usd).toBeCloseTo(230, 6);
    expect(told?.ahead.map(({ date, p50Usd }) => [date, +p50Usd.toFixed(6)])).toEqual([
      ["2026-07-27", 190],
      ["2026-07-28", 200],
      ["2026-07-29", 210],
      ["2026-07-30", 220],
      ["2026-07-31", 230],
    ]);
    expect(costs.forecast("all", now + 18 * hourMs)?.ahead[0]?.p50Usd).toBeCloseTo(182.5, 6);
    const friday = live(costs, [10, 10, 10, 10, 10], now);
    // The first of August is a Saturday: nothing that day, and 21 weekdays in the month.
    expect(costs.forecast("all", friday)?.p50Usd).toBeCloseTo(210, 6);
    expect(costs.forecast("all", friday)?.monthToDateUsd).toBe(0);
  });

  it("takes days on which it was not up for gaps, not for days without spend", () => {
    const costs = createCostForecaster(start);
    const down = live(costs, weeks(3, [7, 7, 7, 7, 7, 7, 7]), start);
    const now = live(costs, [7, 7], down + 5 * dayMs); // 29 June
    const told = costs.forecast("all", now);
    expect(told).toMatchObject({ knownDays: 22, monthToDateUsd: 23 * 7 });
    expect(told?.p50Usd).toBeCloseTo(25 * 7, 6);
  });

  it("leaves no spend to weekdays on which it never runs", () => {
    const costs = createCostForecaster(start);
    for (let week = 0; week < 3; week += 1) live(costs, [7, 7, 7, 7, 7], start + week * 7 * dayMs);
    const monday = start + 21 * dayMs;
    costs.isUp(monday + minuteMs);
    // The 22nd to the 30th: seven weekdays.
    expect(costs.forecast("all", monday + minuteMs)?.p50Usd).toBeCloseTo(105 + 49, 6);
  });

  it("lists the dearest of the month, the whole installation first", () => {
    const costs = createCostForecaster(start);
    for (const [index, keyId] of ["a", "b", "c"].entries())
      costs.settled({ ...record(start, (index + 1) * usd), keyId, model: null, provider: null });
    const listed = costs.dearest(2, start + hourMs);
    expect(listed.map(({ scope, monthToDateUsd }) => [scope, monthToDateUsd])).toEqual([
      ["all", 6],
      ["key:c", 3],
      ["key:b", 2],
    ]);
  });

  it("holds p10 <= p50 <= p90, never below what is spent, and tells the same twice on a day", () => {
    const dollars = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e5, noNaN: true }));
    const lived = fc.record({
      days: fc.array(dollars, { minLength: 8, maxLength: 60 }),
      hour: fc.nat({ max: 23 }),
    });
    fc.assert(
      fc.property(lived, ({ days, hour }) => {
        const costs = createCostForecaster(start);
        const now = live(costs, days, start) + hour * hourMs;
        const told = costs.forecast("all", now);
        const again = createCostForecaster(start);
        again.restore(structuredClone(costs.kept()));
        expect(again.forecast("all", now + 1)).toEqual(told);
        if (told === undefined || told.isThin) return;
        for (const { p10Usd, p50Usd, p90Usd } of [told, ...told.ahead]) {
          expect(p10Usd).toBeGreaterThanOrEqual(told.monthToDateUsd);
          expect(p50Usd).toBeGreaterThanOrEqual(p10Usd ?? Number.NaN);
          expect(p90Usd).toBeGreaterThanOrEqual(p50Usd);
        }
        expect(told.ahead.at(-1)?.p50Usd).toBe(told.p50Usd);
        expect(told.days.at(-1)?.date).toBe(told.ahead[0]?.date);
      }),
      { numRuns: 40 },
    );
  });

  it("ends eight of ten months in its band, from the first of June to the end of July", () => {
    const months = 150;
    let held = 0;
    for (let month = 0; month < months; month += 1) {
      const random = mulberry(month);
      const days = weeks(9, [10, 10, 9, 10, 9, 3, 2]).map(
        (usual) =>
          usual * Math.exp(0.4 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
      );
      const costs = createCostForecaster(start);
      const now = live(costs, days.slice(0, 40), start); // 11 July
      const { p10Usd, p90Usd } = costs.forecast("all", now) ?? {};
      const end = live(costs, days.slice(40, 61), now) - 1; // 31 July
      const came = costs.forecast("all", end)?.monthToDateUsd ?? Number.NaN;
      if (came >= (p10Usd ?? Number.NaN) && came <= (p90Usd ?? Number.NaN)) held += 1;
    }
    expect(held / months).toBeGreaterThan(0.74);
    expect(held / months).toBeLessThan(0.96);
  });

  it("goes on after a restart, and takes nothing that is not its own", () => {
    const before = createCostForecaster(start);
    const now = live(before, weeks(4, [5, 6, 7, 6, 5, 1, 1]), start);
    const after = createCostForecaster(now);
    expect(after.restore(structuredClone(before.kept()))).toBe(true);
    expect(after.forecast("key:key_1", now)).toEqual(before.forecast("key:key_1", now));
    expect(after.forecast("key:key_1", now)?.knownDays).toBe(27);
    const { up, scopes } = before.kept();
    const [first] = scopes.values();
    const broken = [
      { version: 2, scopes, up },
      { version: 1, scopes: new Map([["all", { ...first, days: new Int32Array(3) }]]), up },
      { version: 1, scopes: new Map([["all", { ...first, nanoUsd: new BigInt64Array(70).fill(-1n) }]]), up },
      { version: 1, scopes, up: new Map([[1, Number.NaN]]) },
      "spend",
    ];
    for (const state of broken) expect(after.restore(state)).toBe(false);
    expect(after.forecast("all", now)?.knownDays).toBe(27);
    const other = createCostForecaster(start);
    live(other, weeks(4, [50, 60, 70, 60, 50, 10, 10]), start);
    expect(after.restore(structuredClone(other.kept()))).toBe(true);
    expect(after.forecast("all", now)).toEqual(other.forecast("all", now));
  });
});

describe("runsOutOn", () => {
  const costs = createCostForecaster(start);
  const now = live(costs, weeks(2, [10, 10, 10, 10, 10, 10, 10]), start); // 15 June, 140 dollars
  const told = costs.forecast("all", now);
  it.for([
    { name: "a budget that the month keeps", budget: 301, date: null },
    { name: "one that ends with the month", budget: 299.999, date: "2026-06-30" },
    { name: "one of today", budget: 145, date: "2026-06-15" },
    { name: "one of five days from now", budget: 195, date: "2026-06-20" },
    { name: "one that is used up already", budget: 95, date: "2026-06-10" },
    { name: "one that was used up just now", budget: 140, date: "2026-06-14" },
  ])("$name", ({ budget, date }) => {
    expect(told && runsOutOn(told, budget)).toBe(date);
  });

  it("leaves out what the month before has cost", () => {
    const july = live(costs, weeks(3, [10, 10, 10, 10, 10, 10, 10]), now); // 6 July
    const next = costs.forecast("all", july);
    expect(next?.monthToDateUsd).toBe(50);
    expect(next && runsOutOn(next, 25)).toBe("2026-07-03");
  });
});
