import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Usage } from "../../exchange/usage.ts";
import { epochMs, tokens } from "../../kernel/units.ts";
import { priceOf, recomputed } from "./cost.ts";
import { compileRateCard, type RateCard } from "./rate-card.ts";
import { rateRows } from "./rows.ts";
import type { PriceRow } from "./settings.ts";

const call = { provider: "openai", model: "gpt-5", at: epochMs(Date.UTC(2026, 10, 1)) };
type Numbers<Part> = { readonly [Name in keyof Part]?: number };

function cardOf(...rows: readonly Omit<PriceRow, "source">[]): RateCard {
  const compiled = compileRateCard(
    rateRows(
      rows.map((row) => ({ source: "test", ...row })),
      "operator",
    ),
  );
  if (compiled.kind !== "card") throw new Error("ambiguous");
  return compiled.card;
}

function usageOf(
  input: Numbers<Usage["input"]>,
  output: Numbers<Usage["output"]>,
  rest: Partial<Usage> = {},
): Usage {
  const branded = (numbers: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tokens(value)]));
  return { input: branded({ ...input }), output: branded({ ...output }), basis: "reported", ...rest };
}

const anyModel = { model: "*" };
const prices = { input: 3, cacheRead: "0.30", cacheWrite5m: 3.75, output: 15 };

describe("priceOf", () => {
  it.for<{ name: string; usd: PriceRow["usdPerMillion"]; usage: Usage; nanoUsd: number }>([
    {
      name: "a prompt partly read from and partly written to the cache",
      usd: prices,
      usage: usageOf(
        { total: 13_000, uncached: 1000, cacheRead: 10_000, cacheWrite5m: 2000 },
        { total: 500 },
      ),
      nanoUsd: 21_000_000,
    },
    {
      name: "Cohere, which charges for fewer tokens than its model saw",
      usd: { input: 1, output: 2 },
      usage: usageOf(
        { total: 1200, uncached: 1200 },
        { total: 300 },
        { counts: { billedInputTokens: 1000, billedOutputTokens: 200 } },
      ),
      nanoUsd: 1_400_000,
    },
    {
      name: "37.5 nano-dollars, to even",
      usd: { input: 0.0375, output: 0 },
      usage: usageOf({ total: 1 }, { total: 0 }),
      nanoUsd: 38,
    },
    {
      name: "112.5 nano-dollars, to even",
      usd: { input: 0.0375, output: 0 },
      usage: usageOf({ total: 3 }, { total: 0 }),
      nanoUsd: 112,
    },
    {
      name: "less than half a nano-dollar",
      usd: { input: 0.0004, output: 0 },
      usage: usageOf({ total: 1 }, { total: 0 }),
      nanoUsd: 0,
    },
    {
      name: "two halves, rounded once and not each by itself",
      usd: { input: 0.0375, output: 0.0375 },
      usage: usageOf({ total: 1 }, { total: 1 }),
      nanoUsd: 75,
    },
    {
      name: "reasoning at a price of its own, and not again as output",
      usd: { input: 1, output: 2, reasoning: 5 },
      usage: usageOf({ total: 10 }, { total: 100, reasoning: 60 }),
      nanoUsd: 10_000 + 80_000 + 300_000,
    },
    {
      name: "audio at prices of its own, and not again as text",
      usd: { input: 1, inputAudio: 10, output: 2, outputAudio: 20 },
      usage: usageOf({ total: 100, uncached: 100, audio: 40 }, { total: 50, audio: 50 }),
      nanoUsd: 60_000 + 400_000 + 1_000_000,
    },
    {
      name: "uncached input that is not told, from the total",
      usd: prices,
      usage: usageOf({ total: 1000, cacheRead: 600 }, { total: 0 }),
      nanoUsd: 400 * 3000 + 600 * 300,
    },
  ])("counts $name", ({ usd, usage, nanoUsd }) => {
    const cost = priceOf(cardOf({ match: anyModel, usdPerMillion: usd }), call, usage);
    expect(cost.nanoUsd).toBe(nanoUsd);
    expect(cost.lines.filter(({ isApproximate }) => isApproximate)).toEqual([]);
    expect(cost.source).toBe("operator");
  });

  it("shows each unit that was used with its price", () => {
    const usage = usageOf({ total: 13_000, uncached: 1000, cacheRead: 12_000 }, { total: 500 });
    expect(priceOf(cardOf({ match: anyModel, usdPerMillion: prices }), call, usage).lines).toEqual([
      { unit: "input", quantity: 1000, nanoUsd: 3_000_000_000, per: 1_000_000, isApproximate: false },
      { unit: "cacheRead", quantity: 12_000, nanoUsd: 300_000_000, per: 1_000_000, isApproximate: false },
      { unit: "output", quantity: 500, nanoUsd: 15_000_000_000, per: 1_000_000, isApproximate: false },
    ]);
  });

  describe("with tiers", () => {
    const card = cardOf({
      match: anyModel,
      usdPerMillion: { input: 2.5, output: 10, cacheRead: 1 },
      tiers: [
        { above: 500_000, usdPerMillion: { input: 7 } },
        { above: 271_999, usdPerMillion: { input: 5, output: 15 } },
      ],
    });
    it.for([
      { name: "at the edge the lower price counts", total: 271_999, output: 0, nanoUsd: 679_997_500 },
      { name: "above it the higher one, for all tokens", total: 272_000, output: 0, nanoUsd: 1_360_000_000 },
      {
        name: "the output's tier is chosen by the input",
        total: 272_000,
        output: 10,
        nanoUsd: 1_360_150_000,
      },
      {
        name: "the highest tier that is reached counts; what it does not name keeps the price of the tier below",
        total: 500_001,
        output: 10,
        nanoUsd: 3_500_157_000,
      },
    ])("$name", ({ total, output, nanoUsd }) => {
      expect(priceOf(card, call, usageOf({ total }, { total: output })).nanoUsd).toBe(nanoUsd);
    });

    it("counts cached input towards the tier", () => {
      const usage = usageOf({ total: 272_000, uncached: 1000, cacheRead: 271_000 }, { total: 0 });
      expect(priceOf(card, call, usage).nanoUsd).toBe(1000 * 5000 + 271_000 * 1000);
    });
  });

  describe("without a rate for a unit", () => {
    const writes = { cacheWrite5m: 2, cacheWriteOther: 4, input: 8, output: 16 };
    it.for<{
      name: string;
      usd: PriceRow["usdPerMillion"];
      input: Numbers<Usage["input"]>;
      output?: Numbers<Usage["output"]>;
      nanoUsd: number;
    }>([
      {
        name: "a cache read is plain input",
        usd: { input: 8, output: 16 },
        input: { total: 1, cacheRead: 1 },
        nanoUsd: 8000,
      },
      {
        name: "a 1 h write is a 5 m write",
        usd: writes,
        input: { total: 1, cacheWrite1h: 1 },
        nanoUsd: 2000,
      },
      {
        name: "a 5 m write is another write",
        usd: { ...writes, cacheWrite5m: undefined },
        input: { total: 1, cacheWrite5m: 1 },
        nanoUsd: 4000,
      },
      {
        name: "a 1 h write without any write is plain input",
        usd: { input: 8, output: 16 },
        input: { total: 1, cacheWrite1h: 1 },
        nanoUsd: 8000,
      },
      {
        name: "another write is plain input",
        usd: { input: 8, output: 16 },
        input: { total: 1, cacheWriteOther: 1 },
        nanoUsd: 8000,
      },
      {
        name: "reasoning is output",
        usd: { input: 8, output: 16 },
        input: { total: 0 },
        output: { total: 1, reasoning: 1 },
        nanoUsd: 16_000,
      },
      {
        name: "audio is text",
        usd: { input: 8, output: 16 },
        input: { total: 1, audio: 1 },
        output: { total: 1, audio: 1 },
        nanoUsd: 24_000,
      },
    ])("$name, and the line says approximate", ({ usd, input, output = { total: 0 }, nanoUsd }) => {
      const cost = priceOf(cardOf({ match: anyModel, usdPerMillion: usd }), call, usageOf(input, output));
      expect(cost.nanoUsd).toBe(nanoUsd);
      expect(cost.lines.every(({ isApproximate }) => isApproximate)).toBe(true);
    });

    it("Claude's 1 h write is twice the input", () => {
      const card = cardOf({ match: anyModel, usdPerMillion: { input: 3, cacheWrite5m: 3.75, output: 15 } });
      const usage = usageOf({ total: 10, cacheWrite1h: 10 }, { total: 0 });
      expect(priceOf(card, { ...call, model: "eu.anthropic.claude-opus-4" }, usage).nanoUsd).toBe(60_000);
      expect(priceOf(card, call, usage).nanoUsd).toBe(37_500);
    });

    it("a tool's use is shown at 0 and marked", () => {
      const card = cardOf({ match: anyModel, usdPerMillion: { input: 1, output: 1 } });
      const cost = priceOf(card, call, usageOf({ total: 1 }, { total: 0 }, { counts: { webSearch: 2 } }));
      expect(cost.nanoUsd).toBe(1000);
      expect(cost.lines.at(-1)).toEqual({
        unit: "webSearch",
        quantity: 2,
        nanoUsd: 0,
        per: 1,
        isApproximate: true,
      });
    });

    it("marks input whose parts do not add up to its total", () => {
      const card = cardOf({ match: anyModel, usdPerMillion: prices });
      const cost = priceOf(card, call, usageOf({ total: 10, uncached: 10, cacheRead: 10 }, { total: 1 }));
      expect(cost.nanoUsd).toBe(30_000 + 3000 + 15_000);
      expect(cost.lines.map(({ isApproximate }) => isApproximate)).toEqual([true, true, false]);
    });
  });

  describe("is null, never 0,", () => {
    const known = cardOf({ match: { model: "gpt-5" }, usdPerMillion: { input: 1, output: 1 } });
    const whole = usageOf({ total: 1 }, { total: 1 });
    it.for<{ name: string; card?: RateCard; model?: string; usage: Usage | undefined }>([
      { name: "for an unknown model", model: "gpt-6", usage: whole },
      { name: "for no usage", usage: undefined },
      { name: "for a usage without a total of input", usage: usageOf({ uncached: 1 }, { total: 1 }) },
      { name: "for a usage without a total of output", usage: usageOf({ total: 1 }, {}) },
      { name: "for numbers that count nothing", usage: usageOf({ total: 1.5 }, { total: 1 }) },
      { name: "for numbers beyond reason", usage: usageOf({ total: 1e300 }, { total: 1 }) },
      { name: "for negative numbers", usage: usageOf({ total: 1 }, { total: -1 }) },
      {
        name: "for a cost beyond what a number holds",
        usage: usageOf({ total: Number.MAX_SAFE_INTEGER }, { total: 0 }),
      },
      {
        name: "for output that has no price",
        card: cardOf({ match: anyModel, usdPerMillion: { input: 1 } }),
        usage: whole,
      },
      {
        name: "for a row that is only a factor",
        card: cardOf({ match: anyModel, multiply: 2 }),
        usage: whole,
      },
    ])("$name", ({ card = known, model = "gpt-5", usage }) => {
      expect(priceOf(card, { ...call, model }, usage)).toMatchObject({ nanoUsd: null, lines: [] });
    });
  });

  it("is 0 for a free row, whatever was used, even when nobody tells how much", () => {
    const free = cardOf({ match: anyModel, usdPerMillion: { input: 0, output: 0 } });
    expect(priceOf(free, call, usageOf({ total: 9 }, { total: 9 })).nanoUsd).toBe(0);
    expect(priceOf(free, call, undefined)).toMatchObject({ nanoUsd: 0, lines: [], source: "operator" });
  });

  it("is not 0 for a row that says 0 for input and nothing about output", () => {
    const half = cardOf({ match: anyModel, usdPerMillion: { input: 0 } });
    expect(priceOf(half, call, usageOf({ total: 9 }, { total: 9 })).nanoUsd).toBeNull();
    expect(priceOf(half, call, usageOf({ total: 9 }, { total: 0 })).nanoUsd).toBe(0);
  });

  it("adds a fee for each request where the list has one", () => {
    const rates = {
      input: { nanoUsd: 1n, per: 1n },
      output: { nanoUsd: 1n, per: 1n },
      request: { nanoUsd: 5n, per: 2n },
    };
    const compiled = compileRateCard([{ match: anyModel, layer: "base", source: "list", rates }]);
    if (compiled.kind !== "card") expect.unreachable();
    const cost = priceOf(compiled.card, call, usageOf({ total: 1 }, { total: 0 }));
    expect(cost).toMatchObject({ nanoUsd: 4, source: "catalog list" });
    expect(cost.lines.map(({ unit }) => unit)).toEqual(["input", "request"]);
  });

  describe("takes what the answer says over what was asked for", () => {
    const card = cardOf(
      { match: anyModel, usdPerMillion: { input: 1, output: 1 } },
      { match: { model: "*", tier: "flex" }, multiply: "1/2" },
      { match: { model: "*", tier: "priority" }, multiply: "2/1" },
      { match: { model: "*", region: "us" }, multiply: "11/10" },
    );
    it.for<{ asked?: string; said: Partial<Usage>; nanoUsd: number; isApproximate: boolean }>([
      { said: {}, nanoUsd: 1000, isApproximate: false },
      { asked: "priority", said: {}, nanoUsd: 2000, isApproximate: false },
      { asked: "priority", said: { tier: "default" }, nanoUsd: 1000, isApproximate: false },
      { asked: "auto", said: { tier: "flex" }, nanoUsd: 500, isApproximate: false },
      { said: { region: "us" }, nanoUsd: 1100, isApproximate: false },
      // Nobody knows what this tier costs: the usual price is told, and marked.
      { said: { tier: "reserved" }, nanoUsd: 1000, isApproximate: true },
    ])("asked for $asked, said $said", ({ asked, said, nanoUsd, isApproximate }) => {
      const cost = priceOf(card, { ...call, tier: asked }, usageOf({ total: 1 }, { total: 0 }, said));
      expect(cost.nanoUsd).toBe(nanoUsd);
      expect(cost.lines.map((line) => line.isApproximate)).toEqual([isApproximate]);
    });
  });

  it("names the book and the rows, and can be made anew from its own lines by anybody", () => {
    const card = cardOf(
      { match: { provider: "openai", model: "gpt-*" }, usdPerMillion: { input: "0.0375", output: 15 } },
      { match: { model: "*", tier: "flex" }, multiply: "1/2" },
    );
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.constantFrom("flex", undefined), (input, output, tier) => {
        const cost = priceOf(card, { ...call, tier }, usageOf({ total: input }, { total: output }));
        expect(recomputed(cost)).toBe(cost.nanoUsd);
        expect(cost.book).toBe(card.book);
        expect(cost.rows).toEqual([
          "openai gpt-*, operator",
          ...(tier === undefined ? [] : ["* flex, operator"]),
        ]);
      }),
    );
    expect(recomputed({ nanoUsd: null, lines: [], source: null })).toBeNull();
    expect(cardOf({ match: anyModel, multiply: 2 }).book).not.toBe(
      cardOf({ match: anyModel, multiply: 3 }).book,
    );
    expect(cardOf({ match: anyModel, multiply: 2 }).book).toBe(cardOf({ match: anyModel, multiply: 2 }).book);
  });

  it("multiplies the sum, once, before it rounds", () => {
    const card = cardOf(
      { match: anyModel, usdPerMillion: { input: 0.001, output: 1 } },
      { match: { model: "gpt-*" }, multiply: "1/2" },
      { match: { model: "g*" }, multiply: "11/10" },
    );
    expect(priceOf(card, call, usageOf({ total: 3 }, { total: 0 })).nanoUsd).toBe(2);
    expect(priceOf(card, call, usageOf({ total: 1 }, { total: 0 })).nanoUsd).toBe(0);
    expect(priceOf(card, { ...call, model: "gemini" }, usageOf({ total: 10 }, { total: 0 })).nanoUsd).toBe(
      11,
    );
  });

  it("takes the tier the answer names instead of the one that was asked for", () => {
    const card = cardOf(
      { match: anyModel, usdPerMillion: { input: 1, output: 1 } },
      { match: { model: "*", tier: "priority" }, usdPerMillion: { input: 2, output: 2 } },
    );
    const asked = { ...call, tier: "priority" };
    expect(priceOf(card, asked, usageOf({ total: 1 }, { total: 0 })).nanoUsd).toBe(2000);
    expect(priceOf(card, asked, usageOf({ total: 1 }, { total: 0 }, { tier: "default" })).nanoUsd).toBe(1000);
  });

  it("equals exact rational arithmetic, rounded once half to even", () => {
    const count = fc.integer({ min: 0, max: 5_000_000 });
    const price = fc.bigInt({ min: 1n, max: 10n ** 12n });
    const parts = fc.record({
      uncached: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      output: count,
      reasoning: count,
    });
    const rates = fc.record({
      input: price,
      cacheRead: price,
      cacheWrite5m: price,
      cacheWrite1h: price,
      output: price,
      reasoning: price,
    });
    const dollars = (nano: bigint): string =>
      `${nano / 10n ** 9n}.${String(nano % 10n ** 9n).padStart(9, "0")}`;
    fc.assert(
      fc.property(
        parts,
        rates,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (used, nano, up, down) => {
          const usdPerMillion = Object.fromEntries(
            Object.entries(nano).map(([unit, value]) => [unit, dollars(value)]),
          );
          const card = cardOf({ match: anyModel, usdPerMillion, multiply: `${up}/${down}` });
          const { uncached, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = used;
          const total = uncached + cacheRead + cacheWrite5m + cacheWrite1h;
          const usage = usageOf(
            { total, uncached, cacheRead, cacheWrite5m, cacheWrite1h },
            { total: output + reasoning, reasoning },
          );

          const exact =
            BigInt(uncached) * nano.input +
            BigInt(cacheRead) * nano.cacheRead +
            BigInt(cacheWrite5m) * nano.cacheWrite5m +
            BigInt(cacheWrite1h) * nano.cacheWrite1h +
            BigInt(output) * nano.output +
            BigInt(reasoning) * nano.reasoning;
          const [top, bottom] = [exact * BigInt(up), 1_000_000n * BigInt(down)];
          // The distance to the exact value is at most one half, and at exactly one half the answer is even.
          const cost = BigInt(priceOf(card, call, usage).nanoUsd ?? -1);
          const distance = 2n * (cost * bottom - top);
          const size = distance < 0n ? -distance : distance;
          expect(size < bottom || (size === bottom && cost % 2n === 0n)).toBe(true);
        },
      ),
    );
  });
});
