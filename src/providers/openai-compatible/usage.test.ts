import { describe, expect, it } from "vitest";
import { mergeUsage, readUsage } from "./usage.ts";

const counters = (usage: ReturnType<typeof readUsage>) =>
  usage && { input: usage.input, output: usage.output };

describe("readUsage", () => {
  it.for([
    {
      name: "OpenAI: the prompt includes what was cached, the completion what was thought",
      wire: {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 2 },
      },
      read: {
        input: { total: 100, uncached: 30, cacheRead: 60, cacheWriteOther: 10, audio: 5 },
        output: { total: 50, reasoning: 30, audio: 2 },
      },
    },
    {
      name: "a server that tells totals only",
      wire: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      read: { input: { total: 3, uncached: 3 }, output: { total: 2 } },
    },
    {
      name: "xAI: reasoning stands beside the completion, by its own total (12 + 1 + 290 = 303)",
      wire: {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 303,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
      read: { input: { total: 12, uncached: 12 }, output: { total: 291, reasoning: 290 } },
    },
    {
      name: "DeepSeek: hits and misses",
      wire: {
        prompt_tokens: 10,
        completion_tokens: 4,
        total_tokens: 14,
        prompt_cache_hit_tokens: 8,
        prompt_cache_miss_tokens: 2,
      },
      read: { input: { total: 10, uncached: 2, cacheRead: 8 }, output: { total: 4 } },
    },
    {
      name: "hits and misses without a prompt",
      wire: { completion_tokens: 4, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
      read: { input: { total: 10, uncached: 2, cacheRead: 8 }, output: { total: 4 } },
    },
    {
      name: "what is not told stays untold, and nonsense is not told",
      wire: { prompt_tokens: -1, completion_tokens: 1.5, prompt_tokens_details: null },
      read: { input: {}, output: {} },
    },
    {
      name: "more cached than prompted: the numbers are kept, the rest is not guessed",
      wire: { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } },
      read: { input: { total: 5, cacheRead: 9 }, output: { total: 1 } },
    },
  ])("$name", ({ wire, read }) => {
    expect(counters(readUsage(wire))).toEqual(read);
  });

  it("keeps the provider's own object and the tier of the answer", () => {
    expect(readUsage({ prompt_tokens: 1, cost: 0.5 }, "flex")).toMatchObject({
      tier: "flex",
      basis: "reported",
      raw: { text: '{"prompt_tokens":1,"cost":0.5}' },
    });
  });

  it.for([null, undefined, 7, "x", []])("is nothing for %s", (wire) => {
    expect(readUsage(wire)).toBeUndefined();
  });
});

describe("mergeUsage", () => {
  it("rule 47: takes the larger of each counter and never adds", () => {
    const first = readUsage({
      prompt_tokens: 10,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 4 },
    });
    const second = readUsage({ prompt_tokens: 10, completion_tokens: 6 });
    expect(counters(mergeUsage(first, second))).toEqual({
      input: { total: 10, uncached: 6, cacheRead: 4 },
      output: { total: 6 },
    });
    expect(mergeUsage(undefined, second)).toBe(second);
    expect(mergeUsage(first, undefined)).toBe(first);
  });
});
