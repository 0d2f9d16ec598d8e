/**
 * Our price of every model of every provider in the published list that has plain rates, held against what the list's
 * own package makes of the same usage: within 10^-9 US dollars. Source: AI models specification, part 24, check 9.
 */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import { compileRateCard, priceOf } from "../../src/capabilities/pricing/index.ts";
import { catalogFacts } from "../../src/cli/catalog.ts";
import { epochMs, tokens } from "../../src/kernel/units.ts";
import { catalogProviders } from "../../src/providers/catalog/index.ts";

const facts = catalogFacts({ refreshed: () => undefined, setRows: () => [] });
const compiled = compileRateCard(facts.rows, facts.baseRates, facts.baseName);
const at = new Date("2026-11-26T12:00:00Z");
const listed = [...new Set(catalogProviders.map(({ id, priceProvider = id }) => priceProvider))].flatMap(
  (id) => {
    const provider = findProvider({ providerId: id });
    return provider?.id === id ? [{ id, models: provider.models }] : [];
  },
);

/** Theirs: cached tokens are part of the input. */
const theirs = {
  input_tokens: 13_000,
  cache_read_tokens: 10_000,
  cache_write_tokens: 2000,
  output_tokens: 517,
};
const ours = {
  input: {
    total: tokens(13_000),
    uncached: tokens(1000),
    cacheRead: tokens(10_000),
    cacheWrite5m: tokens(2000),
  },
  output: { total: tokens(517) },
  basis: "reported" as const,
};
const plainIn = { input_tokens: 13_000, output_tokens: 517 };
const plainOurs = {
  input: { total: tokens(13_000), uncached: tokens(13_000) },
  output: { total: tokens(517) },
  basis: "reported" as const,
};

describe("the published price list", () => {
  it("is told to within 10^-9 dollars for every model with plain rates", () => {
    if (compiled.kind !== "card") expect.unreachable("the catalogue's rows contradict each other");
    let compared = 0;
    const off: string[] = [];
    for (const { id: provider, models } of listed) {
      for (const { id: model } of models) {
        for (const [usage, told] of [
          [theirs, ours],
          [plainIn, plainOurs],
        ] as const) {
          const wanted = priceBy(usage, model, provider);
          if (wanted === undefined) continue;
          const call = { provider, model, at: epochMs(at.getTime()) };
          const cost = priceOf(compiled.card, call, told);
          if (cost.nanoUsd === null) continue;
          if (cost.lines.some(({ isApproximate }) => isApproximate)) continue;
          compared += 1;
          if (Math.abs(cost.nanoUsd - wanted * 1e9) > 1.01)
            off.push(`${provider}/${model}: ${cost.nanoUsd} nano-dollars, theirs ${wanted * 1e9}`);
        }
      }
    }
    expect(off).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });
});

/** `undefined` where their package has no price of the model, or cannot calculate with it. */
function priceBy(
  usage: typeof theirs | typeof plainIn,
  model: string,
  providerId: string,
): number | undefined {
  try {
    const found = calcPrice(usage, model, { providerId, timestamp: at });
    return found?.model.id === model && found.total_price > 0 ? found.total_price : undefined;
  } catch {
    return undefined;
  }
}
