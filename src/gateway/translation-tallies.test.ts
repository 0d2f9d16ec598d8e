import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../exchange/settlement.ts";
import { createTranslationTallies } from "./translation-tallies.ts";

const recordOf = (more: Partial<RequestRecord>): RequestRecord => ({
  ...{
    id: "1",
    at: 1,
    method: "POST",
    path: "/",
    dialect: "openai-chat",
    keyId: null,
    keyName: null,
    model: "m",
  },
  ...{
    provider: "p",
    upstreamModel: "m",
    upstreamDialect: "cohere-chat",
    answerModel: null,
    lane: "canonical",
  },
  ...{ isStream: false, status: 200, outcome: "completed", code: null, detail: null, generation: 1 },
  ...{
    durationMs: 1,
    firstByteMs: 1,
    bytesIn: 1,
    bytesOut: 1,
    events: 0,
    finish: "stop",
    usage: null,
    cost: null,
  },
  ...{ warnings: [], attempts: [], stages: [] },
  ...more,
});

describe("the tallies of translations", () => {
  it("count calls and what was declared, pair by pair", () => {
    const tallies = createTranslationTallies();
    const dropped = { kind: "dropped", subject: "seed" } as const;
    const healed = { kind: "healed", subject: "temperature" } as const;
    tallies.settled(recordOf({ warnings: [dropped, healed] }));
    tallies.settled(
      recordOf({ warnings: [dropped], outcome: "failed", code: "upstream_timeout", status: 504 }),
    );
    tallies.settled(recordOf({ upstreamDialect: "openai-chat", lane: "bytes" }));
    // Calls that reached nobody, and those that are not read, belong to no pair.
    tallies.settled(recordOf({ upstreamDialect: null }));
    tallies.settled(recordOf({ lane: "raw" }));
    expect(tallies.pairs()).toEqual([
      {
        ...{ client: "openai-chat", upstream: "cohere-chat", calls: 2, bytes: 0, failed: 1 },
        warnings: [
          { ...dropped, calls: 2 },
          { ...healed, calls: 1 },
        ],
      },
      { ...{ client: "openai-chat", upstream: "openai-chat", calls: 1, bytes: 1, failed: 0 }, warnings: [] },
    ]);
  });

  it("keep a bounded number of names, whatever clients think of", () => {
    const tallies = createTranslationTallies();
    for (let name = 0; name < 1000; name += 1)
      tallies.settled(recordOf({ warnings: [{ kind: "dropped", subject: `${name}${"x".repeat(1000)}` }] }));
    const [pair] = tallies.pairs();
    expect(pair?.calls).toBe(1000);
    expect(pair?.warnings).toHaveLength(20);
    expect(Math.max(...(pair?.warnings ?? []).map(({ subject }) => subject.length))).toBe(100);
  });
});
