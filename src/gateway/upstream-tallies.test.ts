import { describe, expect, it } from "vitest";
import type { AttemptRecord } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import { epochMs } from "../kernel/units.ts";
import { compiled, openaiFacts } from "./table.test-support.ts";
import { createUpstreamTallies } from "./upstream-tallies.ts";

const overloaded = { code: "upstream_overloaded", status: 503 } as const;

function open() {
  let now = 1000;
  const tallies = createUpstreamTallies({ now: () => epochMs(now) });
  const route = compiled([openaiFacts]).providers.get("openai");
  const candidateOf = (model: string): Candidate => {
    const target = route?.targetOf(model);
    const endpoint = target?.endpoints[0];
    if (target === undefined || endpoint === undefined) throw new Error("the provider has an endpoint");
    return { target, endpoint, lane: "bytes" };
  };
  return {
    tallies,
    pass: (ms: number) => {
      now += ms;
    },
    tried: (model: string, failure?: Parameters<typeof tallies.onTried>[1]) =>
      tallies.onTried(candidateOf(model), failure),
  };
}

const attempt = (more: Partial<AttemptRecord>): AttemptRecord => ({
  provider: "openai",
  model: "gpt-5",
  lane: "bytes",
  status: 200,
  code: null,
  reason: "answered",
  startedAt: 0,
  tookMs: 0,
  ...more,
});

describe("the tallies of upstreams", () => {
  it("count each try for the provider and for its model", () => {
    const { tallies, tried } = open();
    tried("gpt-5");
    tried("gpt-5", overloaded);
    tried("o3");
    expect(tallies.ofProvider("openai")).toMatchObject({ requests: 3, failures: 1, lastTry: "answered" });
    expect(tallies.ofModel({ provider: "openai", model: "gpt-5" })).toMatchObject({
      requests: 2,
      failures: 1,
      lastTry: "failed",
    });
    expect(tallies.ofProvider("nobody")).toEqual({
      ...{ requests: 0, failures: 0, lastTry: null, errors: [], firstByte: null },
    });
  });

  it("keep the last five errors, newest first, in the provider's words where they are told", () => {
    const { tallies, tried, pass } = open();
    for (let index = 0; index < 6; index += 1) {
      tried(`m${index}`, { ...overloaded, ...(index === 5 ? { message: "x".repeat(400) } : {}) });
      pass(1);
    }
    const { errors } = tallies.ofProvider("openai");
    expect(errors.map(({ model }) => model)).toEqual(["m5", "m4", "m3", "m2", "m1"]);
    expect(errors[0]).toEqual({
      ...overloaded,
      at: 1005,
      model: "m5",
      message: "x".repeat(300),
      requestId: null,
    });
    expect(errors[1]?.message).toBeNull();
  });

  it("learn from the record which request an error was of, each error from its own", () => {
    const { tallies, tried, pass } = open();
    tried("gpt-5", overloaded);
    pass(50);
    tried("gpt-5", overloaded);
    const record = (id: string, endedAt: number) => ({
      ...{ id, at: 990, isStream: false },
      attempts: [
        attempt({ ...overloaded, startedAt: 2, tookMs: endedAt - 992, reason: `busy (${id})` }),
        attempt({ provider: "second" }),
      ],
    });
    tallies.settled(record("late", 1050));
    tallies.settled(record("early", 1000));
    tallies.settled(record("another", 1000));
    const expected = [
      expect.objectContaining({ at: 1050, requestId: "late", message: "busy (late)" }),
      expect.objectContaining({ at: 1000, requestId: "early", message: "busy (early)" }),
    ];
    expect(tallies.ofProvider("openai").errors).toEqual(expected);
    expect(tallies.ofModel({ provider: "openai", model: "gpt-5" }).errors).toEqual(expected);
  });

  it("tell how soon answers begin, of streams and of the raw lane alone", () => {
    const { tallies, tried } = open();
    tried("gpt-5");
    const record = { id: "r", at: 0, isStream: true };
    tallies.settled({
      ...record,
      attempts: [attempt({ ...overloaded, tookMs: 900 }), attempt({ tookMs: 20 })],
    });
    tallies.settled({ ...record, isStream: false, attempts: [attempt({ tookMs: 5000 })] });
    tallies.settled({
      ...record,
      isStream: false,
      attempts: [attempt({ lane: "raw", model: "", tookMs: 40 })],
    });
    expect(tallies.ofProvider("openai").firstByte).toEqual({ count: 2, msP50: 20, msP99: 40 });
    expect(tallies.ofModel({ provider: "openai", model: "gpt-5" }).firstByte).toMatchObject({ count: 1 });
  });

  it("remember the models that were tried, the last first, 500 of them, and no name that is none", () => {
    const { tallies, tried } = open();
    for (const model of ["", "x".repeat(201), "a", "b", "a"]) tried(model);
    expect(tallies.seen().map(({ model }) => model)).toEqual(["a", "b"]);
    for (let index = 0; index < 499; index += 1) tried(`m${index}`);
    expect(tallies.seen()).toHaveLength(500);
    expect(tallies.seen().at(-1)?.model).toBe("a");
    expect(tallies.ofModel({ provider: "openai", model: "b" }).requests).toBe(0);
    expect(tallies.ofProvider("openai").requests).toBe(504);
  });
});
