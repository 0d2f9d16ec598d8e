import { describe, expect, it } from "vitest";
import { boundsOfLimit, rateOf } from "./limit-words.ts";

const everywhere = { tenants: [], projects: [], keys: [], routes: [], models: [] };

describe("a limit in words", () => {
  it.for([
    [{ unit: "requests", limit: 1000, perMs: 60_000 }, "1,000 requests / 1 min"],
    [{ unit: "concurrent", limit: 4, perMs: 60_000 }, "4 requests at the same time"],
    [{ unit: "cost_nano_usd", limit: 2_500_000_000, perMs: 3_600_000 }, "$2.50 / 1 h"],
    [{ unit: "requests", limit: 1, perMs: 250 }, "1 request / 250 ms"],
  ] as const)("says how much in what time: %j", ([limit, words]) => {
    expect(rateOf(limit)).toBe(words);
  });

  it("says whose buckets they are and for whom it holds", () => {
    expect(boundsOfLimit({ scope: ["global"], for: everywhere })).toBe("all together");
    expect(boundsOfLimit({ scope: ["key", "model"], for: { ...everywhere, models: ["gpt-*"] } })).toBe(
      "each key and model · models gpt-*",
    );
  });
});
