import { describe, expect, it } from "vitest";
import { jsonSlice } from "../../framing/json-slices.ts";
import type { Json } from "../../kernel/json.ts";
import { readUsage } from "./usage.ts";

describe("readUsage", () => {
  const usageOf = (
    usage: Json,
    members: { readonly [name: string]: Json } = {},
    items: readonly Json[] = [],
  ) => {
    const response = { usage, output: items, ...members };
    return readUsage(response, jsonSlice(JSON.stringify(response)));
  };

  it("rule 57: splits the input by the cache, and tells reasoning apart", () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 15 },
      total_tokens: 120,
    };
    expect(usageOf(usage)).toEqual({
      input: { total: 100, uncached: 10, cacheRead: 60, cacheWriteOther: 30 },
      output: { total: 20, reasoning: 15 },
      basis: "reported",
      raw: { text: JSON.stringify(usage) },
    });
  });

  it.for<{
    name: string;
    usage: Json;
    members?: { readonly [name: string]: Json };
    items?: readonly Json[];
    told: object;
  }>([
    {
      name: "what is not told undefined",
      usage: { input_tokens: 3 },
      told: { input: { total: 3, uncached: 3 }, output: {} },
    },
    {
      name: "no guess where the parts exceed the total",
      usage: { input_tokens: 3, input_tokens_details: { cached_tokens: 5 } },
      told: { input: { total: 3, cacheRead: 5 } },
    },
    {
      name: "reasoning added where the total says that it is apart",
      usage: {
        input_tokens: 12,
        output_tokens: 1,
        output_tokens_details: { reasoning_tokens: 290 },
        total_tokens: 303,
      },
      told: { output: { total: 291, reasoning: 290 } },
    },
    {
      name: "rule 67: the tier of the answer",
      usage: {},
      members: { service_tier: "priority" },
      told: { tier: "priority" },
    },
    {
      name: "searches as the provider counts them",
      usage: {},
      members: { tool_usage: { web_search: { num_requests: 2 } } },
      items: [{ type: "web_search_call" }],
      told: { counts: { webSearch: 2 } },
    },
    {
      name: "else those that searched",
      usage: {},
      items: [
        { type: "web_search_call", action: { type: "search" } },
        { type: "web_search_call", action: { type: "open_page" } },
      ],
      told: { counts: { webSearch: 1 } },
    },
  ])("tells $name", ({ usage, members, items, told }) => {
    expect(usageOf(usage, members, items)).toMatchObject(told);
  });

  it("tells no tier that was only asked for, and no usage where there is none", () => {
    expect(usageOf({}, { service_tier: "auto" })).not.toHaveProperty("tier");
    expect(usageOf(null)).toBeUndefined();
  });
});
