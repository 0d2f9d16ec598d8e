import { describe, expect, it } from "vitest";
import { epochMs } from "../../kernel/units.ts";
import { compileRateCard } from "./rate-card.ts";
import type { PricedCall, RateRow } from "./rate-row.ts";

const call: PricedCall = { provider: "openai", model: "gpt-5-mini", at: epochMs(Date.UTC(2026, 5, 1, 12)) };

function row(source: string, match: Partial<RateRow["match"]>, rest: Partial<RateRow> = {}): RateRow {
  return {
    match: { model: "*", ...match },
    layer: "operator",
    source,
    rates: { input: { nanoUsd: BigInt(source.length), per: 1n } },
    ...rest,
  };
}

function chosen(rows: readonly RateRow[], asked: PricedCall = call): string | undefined {
  const compiled = compileRateCard(rows);
  if (compiled.kind === "ambiguous")
    return `ambiguous: ${compiled.rows.map(({ source }) => source).join(", ")}`;
  const rates = compiled.card.choose(asked)?.rates;
  return rows.find((given) => given.rates === rates)?.source;
}

describe("compileRateCard", () => {
  const weak = row("weak", { model: "gpt-5-mini", provider: "openai" });
  it.for<{ name: string; strong: RateRow; other?: RateRow; asked?: Partial<PricedCall> }>([
    {
      name: "an account over an exact model",
      strong: row("strong", { account: "a" }),
      asked: { account: "a" },
    },
    {
      name: "a region over an exact model",
      strong: row("strong", { region: "eu" }),
      asked: { region: "eu" },
    },
    {
      name: "an account over a region",
      strong: row("strong", { account: "a" }),
      other: row("other", { region: "eu" }),
      asked: { account: "a", region: "eu" },
    },
    { name: "a tier over an exact model", strong: row("strong", { tier: "flex" }), asked: { tier: "flex" } },
    { name: "batch over an exact model", strong: row("strong", { isBatch: true }), asked: { isBatch: true } },
    {
      name: "certain hours over all",
      strong: row("strong", { dailyUtc: { from: 720, until: 721 } }),
      other: row("other", {}),
    },
    {
      name: "an exact model over a glob",
      strong: row("strong", { model: "gpt-5-mini" }),
      other: row("other", { model: "gpt-5-min*" }),
    },
    {
      name: "the longer glob over the shorter",
      strong: row("strong", { model: "gpt-5*" }),
      other: row("other", { model: "*gpt*" }),
    },
    {
      name: "the operator over the catalogue",
      strong: row("strong", { model: "gpt-5-mini" }),
      other: row("other", { model: "gpt-5-mini", provider: "openai" }, { layer: "catalogue" }),
    },
    {
      name: "an exact model over certain hours",
      strong: row("strong", { model: "gpt-5-mini" }),
      other: row("other", { dailyUtc: { from: 720, until: 721 } }, { layer: "base" }),
    },
    {
      name: "the catalogue over the base",
      strong: row("strong", {}, { layer: "catalogue" }),
      other: row("other", {}, { layer: "base" }),
    },
    {
      name: "a named provider over none",
      strong: row("strong", { provider: "openai" }),
      other: row("other", {}),
    },
    {
      name: "the later price over the earlier",
      strong: row("strong", {}, { validFrom: 2 }),
      other: row("other", {}, { validFrom: 1 }),
    },
  ])("prefers $name, in whatever order they are written", ({ strong, other = weak, asked = {} }) => {
    expect(chosen([strong, other], { ...call, ...asked })).toBe("strong");
    expect(chosen([other, strong], { ...call, ...asked })).toBe("strong");
  });

  it.for<{ name: string; match: Partial<RateRow["match"]>; asked?: Partial<PricedCall>; fits: boolean }>([
    { name: "another provider", match: { provider: "azure" }, fits: false },
    {
      name: "the provider whose list counts",
      match: { provider: "azure" },
      asked: { priceProvider: "azure" },
      fits: true,
    },
    { name: "another account", match: { account: "a" }, asked: { account: "b" }, fits: false },
    { name: "a tier nobody named", match: { tier: "flex" }, fits: false },
    { name: "batch for a single call", match: { isBatch: true }, fits: false },
    { name: "no batch for a single call", match: { isBatch: false }, fits: true },
    { name: "a longer name", match: { model: "gpt-5" }, fits: false },
    { name: "a glob in the middle", match: { model: "g*-5*i" }, fits: true },
    { name: "a glob whose ends overlap", match: { model: "gpt-5-mini*mini" }, fits: false },
    { name: "another case", match: { model: "GPT-5-Mini" }, fits: true },
    { name: "hours before", match: { dailyUtc: { from: 0, until: 720 } }, fits: false },
    {
      name: "hours that pass midnight, after it",
      match: { dailyUtc: { from: 1320, until: 721 } },
      fits: true,
    },
    {
      name: "hours that pass midnight, outside",
      match: { dailyUtc: { from: 721, until: 720 } },
      fits: false,
    },
  ])("matches $name: $fits", ({ match, asked = {}, fits }) => {
    expect(chosen([row("it", match)], { ...call, ...asked })).toBe(fits ? "it" : undefined);
  });

  it("counts a row from `validFrom` until before `validUntil`", () => {
    const rows = [row("now", {}, { validFrom: 100, validUntil: 200 })];
    const at = (moment: number) => chosen(rows, { ...call, at: epochMs(moment) });
    expect([99, 100, 199, 200].map(at)).toEqual([undefined, "now", "now", undefined]);
  });

  it("names two rows of one layer that nobody could choose between", () => {
    expect(chosen([row("one", { model: "a*" }), row("mid", {}), row("two", { model: "a*" })])).toBe(
      "ambiguous: one, two",
    );
    expect(chosen([row("one", {}), row("two", {}, { validFrom: 5 })])).toBe("two");
  });

  it("lets a row of prices and a row of a factor match the same calls", () => {
    const compiled = compileRateCard([
      row("price", {}),
      row("factor", {}, { rates: undefined, multiply: { numerator: 1n, denominator: 2n } }),
    ]);
    expect(compiled.kind === "card" && compiled.card.choose(call)).toMatchObject({
      multiply: { numerator: 1n, denominator: 2n },
    });
  });

  it("asks the base list once for each model, under the provider whose list counts, and names its source", () => {
    const asked: string[] = [];
    const compiled = compileRateCard([], (provider, model) => {
      asked.push(`${provider}/${model}`);
      return [row("list 0.1", {}, { layer: "base" })];
    });
    if (compiled.kind !== "card") expect.unreachable();
    const mine = { ...call, provider: "my-openai", priceProvider: "openai" };
    expect(compiled.card.choose(mine)?.source).toBe("catalog list 0.1");
    expect(compiled.card.choose(mine)?.source).toBe("catalog list 0.1");
    expect(asked).toEqual(["openai/gpt-5-mini"]);
  });
});
