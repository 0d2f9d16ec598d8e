import { describe, expect, it } from "vitest";
import { nanoOf } from "./nano.ts";
import type { GenaiModel, GenaiPriceList } from "./price-list.ts";
import { genaiRates } from "./rates.ts";

/** A list of one provider with one model, in the form of the package. */
function listOf(prices: GenaiModel["prices"], id = "m"): GenaiPriceList {
  return {
    findProvider: ({ providerId }) => (providerId.includes("openai") ? { id: "openai" } : undefined),
    calcPrice: (_, model) => {
      if (model === "broken") throw new Error("cannot calculate");
      return model === id ? { model: { id, prices } } : null;
    },
  };
}
const rowsOf = (prices: GenaiModel["prices"], id = "m") =>
  genaiRates(listOf(prices, id), "list 1")("openai", id);
const input = (dollars: number) => ({ input: { nanoUsd: BigInt(dollars * 1e9), per: 1_000_000n } });

describe("genaiRates", () => {
  it("turns dollars per million and per thousand into nano-dollars, tiers included", () => {
    const prices = {
      input_mtok: { base: 2.5, tiers: [{ start: 271_999, price: 5 }] },
      cache_write_mtok: 3.75,
      output_mtok: 15,
      web_searches_kcount: 10,
      requests_kcount: 5,
      input_video_mtok: 9,
    };
    const write = { nanoUsd: 3_750_000_000n, per: 1_000_000n };
    expect(rowsOf(prices)).toEqual([
      {
        match: { model: "*", dailyUtc: undefined },
        layer: "base",
        source: "list 1",
        rates: {
          input: {
            nanoUsd: 2_500_000_000n,
            per: 1_000_000n,
            tiers: [{ above: 271_999, nanoUsd: 5_000_000_000n }],
          },
          cacheWrite5m: write,
          cacheWriteOther: write,
          output: { nanoUsd: 15_000_000_000n, per: 1_000_000n },
          webSearch: { nanoUsd: 10_000_000_000n, per: 1000n },
          request: { nanoUsd: 5_000_000_000n, per: 1000n },
        },
      },
    ]);
  });

  it("lets a price count from its date on, and the one before it until then", () => {
    const rows = rowsOf([
      { prices: { input_mtok: 1 } },
      { constraint: { type: "start_date", start_date: "2026-03-13" }, prices: { input_mtok: 2 } },
      { constraint: { type: "start_date", start_date: "2026-07-30" }, prices: { input_mtok: 3 } },
    ]);
    const [march, july] = [Date.UTC(2026, 2, 13), Date.UTC(2026, 6, 30)];
    expect(rows).toMatchObject([
      { validFrom: july, validUntil: undefined, rates: input(3) },
      { validFrom: march, validUntil: july, rates: input(2) },
      { validFrom: undefined, validUntil: march, rates: input(1) },
    ]);
  });

  it("keeps prices of certain hours apart, in UTC, and lets the first count at all others", () => {
    const rows = rowsOf([
      {
        constraint: { type: "time_of_date", start_time: "16:30:00Z", end_time: "00:30:00Z" },
        prices: { input_mtok: 1 },
      },
      {
        constraint: { type: "time_of_date", start_time: "08:30:00+08:00", end_time: "16:30:00Z" },
        prices: { input_mtok: 2 },
      },
    ]);
    expect(rows).toMatchObject([
      { match: { dailyUtc: { from: 30, until: 990 } }, rates: input(2) },
      { match: { dailyUtc: undefined }, rates: input(1) },
    ]);
  });

  it("drops what a later price without a condition, or of an earlier date, hides for ever", () => {
    const date = (start_date: string) => ({ type: "start_date", start_date }) as const;
    expect(rowsOf([{ prices: { input_mtok: 1 } }, { prices: { input_mtok: 2 } }])).toMatchObject([
      { rates: input(2) },
    ]);
    const rows = rowsOf([
      { prices: { input_mtok: 1 } },
      { constraint: date("2026-07-01"), prices: { input_mtok: 2 } },
      { constraint: date("2026-06-01"), prices: { input_mtok: 3 } },
    ]);
    expect(rows).toMatchObject([{ rates: input(3) }, { rates: input(1), validUntil: Date.UTC(2026, 5, 1) }]);
  });

  it("takes an entry without prices as free only where its name says so", () => {
    expect(rowsOf({}, "m:free")[0]?.rates).toEqual({
      input: { nanoUsd: 0n, per: 1_000_000n },
      output: { nanoUsd: 0n, per: 1_000_000n },
    });
    expect(rowsOf({})[0]?.rates).toEqual({});
  });

  it("knows nothing of other models, of providers whose names only look alike, and of what the list cannot read", () => {
    const rates = genaiRates(listOf({ input_mtok: 1 }), "list 1");
    expect(rates("openai", "m")).toHaveLength(1);
    expect(rates("openai", "other")).toEqual([]);
    expect(rates("openai", "broken")).toEqual([]);
    expect(rates("my-openai", "m")).toEqual([]);
    expect(rates("nobody", "m")).toEqual([]);
  });
});

describe("nanoOf", () => {
  it.for([
    { dollars: 0.0375, nano: 37_500_000n },
    { dollars: 1e-7, nano: 100n },
    { dollars: 1.5e-9, nano: 2n },
    { dollars: 2.5e-9, nano: 2n },
    { dollars: 2.6e-9, nano: 3n },
    { dollars: 1e21, nano: 10n ** 30n },
    { dollars: -1, nano: undefined },
    { dollars: Number.NaN, nano: undefined },
  ])("reads $dollars as $nano", ({ dollars, nano }) => {
    expect(nanoOf(dollars)).toBe(nano);
  });
});
