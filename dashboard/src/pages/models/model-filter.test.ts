import { describe, expect, it } from "vitest";
import type { ModelTarget } from "../../generated/client.ts";
import { fits, linkOf, readFilter } from "./model-filter.ts";
import { type ModelRow, modelRows } from "./model-rows.ts";

const now = 1_000_000;
const price = { rates: [], multiply: null, source: "a test" };
const target = (provider: string, model: string, more: Partial<ModelTarget> = {}): ModelTarget => ({
  ...{ provider, model, lanes: [], price, abilities: [] },
  ...{ requests: 0, failures: 0, lastTry: null, errors: [], firstByte: null },
  ...more,
});
const known = {
  models: [
    { name: "fast", kind: "pool", targets: [target("a", "m"), target("b", "n", { price: null })] },
    { name: "m*", kind: "pattern", targets: [target("a", "m*", { price: null })] },
  ],
  seen: [target("a", "m"), target("b", "other", { lastTry: "failed" })],
} as const;

const printed = (rows: readonly ModelRow[]): readonly string[] =>
  rows.map(({ name = "-", kind, place, target: { provider, model } }) =>
    [name, kind, place, `${provider}/${model}`].join(" "),
  );

describe("modelRows", () => {
  it("are the targets of each name in their order, then what was reached and is named nowhere", () => {
    expect(printed(modelRows(known))).toEqual([
      "fast pool 0 a/m",
      "fast pool 1 b/n",
      "m* pattern 0 a/m*",
      "- seen 0 b/other",
    ]);
  });
});

describe("the filter of models", () => {
  const shown = (filter: Parameters<typeof linkOf>[0]) =>
    modelRows(known)
      .filter((row) => fits(row, { only: "", provider: "", search: "", ...filter }, now))
      .map((row) => row.target.model);

  it.for([
    { name: "nothing", filter: {}, models: ["m", "n", "m*", "other"] },
    { name: "a name of the gateway's own", filter: { search: "FAST" }, models: ["m", "n"] },
    { name: "a target", filter: { search: "b/o" }, models: ["other"] },
    { name: "a provider", filter: { provider: "b" }, models: ["n", "other"] },
    { name: "those without a price, patterns apart", filter: { only: "unpriced" }, models: ["n"] },
    { name: "those that fail", filter: { only: "failing" }, models: ["other"] },
  ] as const)("by $name", ({ filter, models }) => {
    expect(shown(filter)).toEqual(models);
  });

  it("stands in the address, and comes back from it", () => {
    const filter = { only: "unpriced", provider: "b", search: "a&b" } as const;
    const { pathname, searchParams } = new URL(linkOf(filter, target("b", "x/y+z")), "http://x");
    expect(pathname).toBe("/models");
    expect(searchParams.get("open")).toBe("b/x/y+z");
    expect(readFilter(searchParams)).toEqual(filter);
    expect(linkOf({})).toBe("/models");
    expect(readFilter(new URLSearchParams("only=odd"))).toEqual({ only: "", provider: "", search: "" });
  });
});
