import { describe, expect, it } from "vitest";
import type { Usage } from "../../exchange/usage.ts";
import { bytesOf, chunkOf } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

function usageOf(usageMetadata: unknown): Usage | undefined {
  return gemini.tapAnswer(bytesOf(chunkOf([], { finishReason: "STOP" }, { usageMetadata })))?.usage;
}

describe("usage", () => {
  it("rule 58: counts thoughts with the output, prompts of tools with the input, the cache as part of it", () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 157,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 70 },
        { modality: "AUDIO", tokenCount: 30 },
      ],
      candidatesTokensDetails: [{ modality: 4, tokenCount: 5 }],
      serviceTier: "flex",
    };
    expect(usageOf(usageMetadata)).toEqual({
      input: { total: 107, uncached: 47, cacheRead: 60, audio: 30 },
      output: { total: 50, reasoning: 30, audio: 5 },
      tier: "flex",
      basis: "reported",
      raw: { text: JSON.stringify(usageMetadata) },
    });
  });

  it.for([
    {
      name: "thoughts among the candidates",
      told: { candidatesTokenCount: 50, totalTokenCount: 60 },
      input: 10,
      output: 50,
    },
    {
      name: "thoughts beside them",
      told: { candidatesTokenCount: 50, totalTokenCount: 90 },
      input: 10,
      output: 80,
    },
    {
      name: "prompts of tools among the prompt",
      told: { candidatesTokenCount: 50, toolUsePromptTokenCount: 5, totalTokenCount: 90 },
      input: 10,
      output: 80,
    },
    {
      name: "numbers that never add up, as they are",
      told: { candidatesTokenCount: 50, totalTokenCount: 1 },
      input: 10,
      output: 80,
    },
    { name: "no total", told: { candidatesTokenCount: 50 }, input: 10, output: 80 },
  ])("takes the reading that adds up to the total: $name", ({ told, input, output }) => {
    expect(usageOf({ promptTokenCount: 10, thoughtsTokenCount: 30, ...told })).toMatchObject({
      input: { total: input },
      output: { total: output },
    });
  });

  it("knows that nothing was said only by the total: a count of zero is left out on the wire", () => {
    expect(usageOf({ promptTokenCount: 10, totalTokenCount: 10 })?.output).toEqual({ total: 0 });
    expect(usageOf({ promptTokenCount: 10 })?.output).toEqual({});
    expect(usageOf({ promptTokenCount: 10, thoughtsTokenCount: 5, totalTokenCount: 15 })?.output).toEqual({
      total: 5,
      reasoning: 5,
    });
  });

  it("leaves untold what is not told, or no count", () => {
    expect(usageOf({ trafficType: "ON_DEMAND" })).toEqual({
      input: {},
      output: {},
      tier: "standard",
      basis: "reported",
      raw: { text: '{"trafficType":"ON_DEMAND"}' },
    });
    expect(
      usageOf({ promptTokenCount: -1, candidatesTokenCount: "5", promptTokensDetails: 1 }),
    ).toMatchObject({ input: {}, output: {} });
    expect(usageOf(undefined)).toBeUndefined();
    expect(usageOf([])).toBeUndefined();
  });

  it.for([
    ["ON_DEMAND_FLEX", "flex"],
    ["ON_DEMAND_PRIORITY", "priority"],
    ["PROVISIONED_THROUGHPUT", "PROVISIONED_THROUGHPUT"],
  ])("tells the tier of the traffic %s as %s", ([trafficType, tier]) => {
    expect(usageOf({ trafficType })?.tier).toBe(tier);
  });
});
