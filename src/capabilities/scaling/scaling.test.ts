import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../../exchange/settlement.ts";
import { tokens } from "../../kernel/units.ts";
import { createAdviser } from "./advice.ts";
import { scalingSettings } from "./settings.ts";
import { createScaling } from "./stage.ts";

const windowMs = 600_000;
const settings = scalingSettings.parse({
  windowMs,
  pools: { local: { capacity: 100, startupMs: windowMs, min: 1, max: 50 } },
});

/** A record as far as scaling looks at it. */
const record = (output: number, provider = "local"): RequestRecord => ({
  id: "r",
  at: 0,
  method: "POST",
  path: "/",
  dialect: null,
  keyId: null,
  keyName: null,
  model: "own",
  provider,
  upstreamModel: "m",
  upstreamDialect: null,
  answerModel: null,
  lane: null,
  isStream: false,
  status: 200,
  outcome: "completed",
  code: null,
  detail: null,
  generation: 1,
  durationMs: 1,
  firstByteMs: null,
  bytesIn: 0,
  bytesOut: 0,
  events: 0,
  finish: null,
  usage: {
    input: { total: tokens(0), uncached: tokens(0) },
    output: { total: tokens(output) },
    basis: "reported",
  },
  cost: null,
  warnings: [],
  attempts: [],
  stages: [],
});

/** Lets days pass with this many tokens a second in each window. */
function live(
  scaling: ReturnType<typeof createScaling>,
  days: number,
  rateAt: (hour: number) => number,
  from = 0,
) {
  const windows = Math.round((days * 86_400_000) / windowMs);
  let told = scaling.states();
  for (let index = 0; index < windows; index += 1) {
    const hour = ((index * windowMs) / 3_600_000) % 24;
    scaling.settled(record(Math.round((rateAt(hour) * windowMs) / 1000)));
    told = scaling.close(from + (index + 1) * windowMs);
  }
  return { told: told.get("local"), now: from + windows * windowMs };
}

const daily = (hour: number): number => 800 + 600 * Math.sin((2 * Math.PI * hour) / 24);

describe("createAdviser", () => {
  it("goes up at once and down with patience, a tenth at a time", () => {
    const { next } = createAdviser({ min: 1, max: 40 });
    const advise = (reactive: number, forecast?: number): number => next({ reactive, forecast });
    expect(advise(20)).toBe(20);
    expect([advise(5), advise(5), advise(5), advise(5), advise(5)]).toEqual([20, 20, 18, 17, 16]);
    expect(advise(5, 30)).toBe(30);
    expect([advise(29), advise(29), advise(30), advise(29), advise(29), advise(29)]).toEqual([
      30, 30, 30, 30, 30, 29,
    ]);
    expect(advise(500)).toBe(40);
  });

  it("never advises less than is needed by now, nor beyond its limits", () => {
    const need = fc.record({
      reactive: fc.nat({ max: 60 }),
      forecast: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(need), (needs) => {
        const { next } = createAdviser({ min: 2, max: 40 });
        for (const one of needs) {
          const advised = next(one);
          expect(advised).toBeGreaterThanOrEqual(Math.min(40, one.reactive));
          expect(advised).toBeGreaterThanOrEqual(2);
          expect(advised).toBeLessThanOrEqual(40);
        }
      }),
    );
  });
});

describe("createScaling", () => {
  it("follows what is needed by now, with some to spare, until it knows two days", () => {
    const scaling = createScaling(settings, 0);
    const { told } = live(scaling, 0.25, () => 500);
    expect(told).toMatchObject({ basis: "reactive", rate: 500, reactive: 7, advised: 7, shortfalls: 1 });
  });

  it("knows the day after two days, and wants replicas before they are needed", () => {
    const scaling = createScaling(settings, 0);
    const { told, now } = live(scaling, 4, daily);
    expect(told?.basis).toBe("forecast");
    // It is midnight, and demand rises from 800.
    expect(told?.upper ?? 0).toBeGreaterThan(800);
    expect(told?.upper ?? 0).toBeLessThan(1200);
    const before = told?.shortfalls ?? 0;
    const { told: later } = live(scaling, 2, daily, now);
    expect((later?.shortfalls ?? 0) - before).toBeLessThan(0.05 * 288);
  });

  it("takes a window that it did not see whole for unknown, not for idle", () => {
    const scaling = createScaling(settings, 0);
    const { now } = live(scaling, 1, () => 900);
    const told = scaling.close(now + 10_000).get("local");
    expect(told).toMatchObject({ rate: null, advised: 12 });
    expect(scaling.close(now + 3_600_000).get("local")?.rate).toBeNull();
  });

  it("counts a pool, a provider or a model, and nothing else", () => {
    const named = scalingSettings.parse({
      windowMs,
      pools: {
        own: { capacity: 1 },
        local: { capacity: 1 },
        "local/m": { capacity: 1 },
        other: { capacity: 1 },
      },
    });
    const scaling = createScaling(named, 0);
    scaling.settled(record(600));
    scaling.settled(record(600, "elsewhere"));
    const rates = [...scaling.close(windowMs)].map(([name, { rate }]) => [name, rate]);
    expect(rates).toEqual([
      ["own", 2],
      ["local", 1],
      ["local/m", 1],
      ["other", 0],
    ]);
  });

  it("goes on after a restart; the time between is a gap", () => {
    const before = createScaling(settings, 0);
    const { now } = live(before, 3, daily);
    const after = createScaling(settings, now + 5 * windowMs);
    expect(after.restore(before.kept(), now + 5 * windowMs)).toBe(true);
    expect(after.kept()?.pools.get("local")).toHaveLength(3 * 144 + 5);
    const { told } = live(after, 0.1, daily, now + 5 * windowMs);
    expect(told?.basis).toBe("forecast");
    expect(after.restore({ version: 7 }, now)).toBe(false);
  });

  it("takes up days of short windows with a long gap behind them", () => {
    const short = scalingSettings.parse({ windowMs: 10_000, pools: { local: { capacity: 100 } } });
    const kept = {
      version: 1,
      windowMs: 10_000,
      at: 0,
      pools: new Map([["local", new Float64Array(69_000).fill(50)]]),
    };
    const scaling = createScaling(short, 0);
    expect(scaling.restore(kept, 300_000_000)).toBe(true);
    const rates = scaling.kept()?.pools.get("local") ?? new Float64Array();
    expect(rates).toHaveLength(69_120);
    expect([rates[0], rates.at(-1)]).toEqual([50, Number.NaN]);
  });

  it("tells of each window once whether there were too few, also after its rules have changed", () => {
    const scaling = createScaling(settings, 0);
    const crowded = (index: number): boolean | undefined => {
      scaling.settled(record(10_000_000 * (index + 1)));
      return scaling.close((index + 1) * windowMs).get("local")?.isShort;
    };
    expect([crowded(0), crowded(1)]).toEqual([true, true]);
    scaling.configure(
      scalingSettings.parse({ windowMs, pools: { local: { capacity: 90, startupMs: windowMs } } }),
    );
    expect(crowded(2)).toBe(true);
    expect(scaling.close(4 * windowMs).get("local")).toMatchObject({ isShort: false, shortfalls: 1 });
  });

  it("keeps what it knows of a pool whose rules change", () => {
    const scaling = createScaling(settings, 0);
    const { now } = live(scaling, 3, daily);
    scaling.configure(
      scalingSettings.parse({ windowMs, pools: { local: { capacity: 50, startupMs: windowMs } } }),
    );
    scaling.settled(record((800 * windowMs) / 1000));
    const told = scaling.close(now + windowMs).get("local");
    expect(told?.basis).toBe("forecast");
    expect(told?.advised).toBeGreaterThanOrEqual(16);
  });
});
