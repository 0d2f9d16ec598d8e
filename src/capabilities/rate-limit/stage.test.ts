import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { createSeededRandom, createVirtualTime } from "../../platform/memory/index.ts";
import type { Limit } from "./limit.ts";
import { limitFrom, limitsSettings } from "./settings.ts";
import { createRateLimits, type LimitAsk, type RateLimits } from "./stage.ts";

const limitsOf = (written: unknown): readonly Limit[] => limitsSettings.parse(written).map(limitFrom);

function world(written: unknown) {
  const time = createVirtualTime();
  const counts: string[] = [];
  const limits = createRateLimits({
    clock: time.clock,
    random: createSeededRandom(1),
    counted: (limit, result) => void counts.push(`${limit} ${result}`),
  });
  limits.configure(limitsOf(written));
  return { time, limits, counts };
}

const ask = (more: Partial<LimitAsk> = {}): LimitAsk => ({
  subject: { key: "key_1", keyName: "first", tenant: "acme", route: "openai-chat", model: "fast" },
  amounts: { requests: 1, inputTokens: 10, outputTokens: 90 },
  holdMs: 660_000,
  ...more,
});

function refusal(limits: RateLimits, asked: LimitAsk): GatewayError {
  try {
    limits.admit(asked);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error("it was admitted");
}

describe("rate limits", () => {
  it("tell how long to wait, by up to a tenth more than it takes, and which limit says so", () => {
    const { limits, counts } = world([{ id: "rpm", limit: 2 }]);
    limits.admit(ask());
    limits.admit(ask());
    const { code, facts, publicMessage } = refusal(limits, ask());
    expect(code).toBe("rate_limited");
    expect(facts.quota).toEqual({ policies: ["rpm"], isAbnormal: false });
    expect(facts.retryAfterMs).toBeGreaterThanOrEqual(30_000);
    expect(facts.retryAfterMs).toBeLessThanOrEqual(33_000);
    expect(publicMessage).toContain("`rpm` of 2 requests in 60 s");
    expect(counts).toEqual(["rpm admitted", "rpm admitted", "rpm limited"]);
  });

  it("refuse for ever what is larger than the burst, and name the limit", () => {
    const { limits, counts } = world([{ id: "tpm", unit: "total_tokens", limit: 99 }]);
    const { code, publicMessage } = refusal(limits, ask());
    expect([code, publicMessage]).toEqual([
      "request_too_large",
      "The request asks for 100 total_tokens, and the limit `tpm` never has more than 99.",
    ]);
    expect(counts).toEqual(["tpm too_large"]);
  });

  it.for<{ name: string; limit: object; holds: boolean }>([
    { name: "no selector: everybody", limit: {}, holds: true },
    { name: "the key by id", limit: { keys: ["key_1"] }, holds: true },
    { name: "the key by name", limit: { keys: ["first"] }, holds: true },
    { name: "the key by both, once", limit: { keys: ["key_1", "first"] }, holds: true },
    { name: "another key", limit: { keys: ["key_2"] }, holds: false },
    { name: "names that fit", limit: { models: ["f*"], routes: ["openai-*"] }, holds: true },
    { name: "all have to fit", limit: { models: ["f*"], tenants: ["other"] }, holds: false },
    { name: "who has no project is in none", limit: { projects: ["*"] }, holds: false },
    { name: "who has no such scope is not counted", limit: { scope: ["tool"] }, holds: false },
    { name: "nor is what is not counted in the unit", limit: { unit: "graphql_cost" }, holds: false },
  ])("hold for whom they name: $name", ({ limit, holds }) => {
    const { limits } = world([{ id: "l", limit: 1000, ...limit }]);
    expect(limits.admit(ask())?.standings().length).toBe(holds ? 1 : undefined);
  });

  it("keep what was taken when the configuration changes, unless they count something else", () => {
    const { limits } = world([{ id: "l", limit: 10 }]);
    const passed = limits.admit(ask());
    limits.configure(limitsOf([{ id: "l", limit: 4 }]));
    expect(limits.admit(ask())?.standings()[0]).toMatchObject({ inForce: 4, left: 2 });
    passed?.cancel();
    limits.configure(limitsOf([{ id: "l", limit: 4, scope: ["tenant"] }]));
    expect(limits.admit(ask())?.standings()[0]).toMatchObject({ left: 3 });
  });

  it("let somebody in at once whose limit was used up and is raised", () => {
    const { limits } = world([{ id: "l", limit: 1, perMs: 3_600_000 }]);
    limits.admit(ask());
    expect(refusal(limits, ask()).code).toBe("rate_limited");
    limits.configure(limitsOf([{ id: "l", limit: 1000, perMs: 3_600_000 }]));
    expect(limits.admit(ask())?.standings()[0]).toMatchObject({ inForce: 1000, left: 998 });
  });

  it.for([
    { name: "raised", after: 1000, left: 1000 - 9 - 4 },
    { name: "lowered", after: 20, left: 20 - 9 - 4 },
  ])("give back as many units as were held when a limit was $name meanwhile", ({ after, left }) => {
    const { limits } = world([{ id: "l", unit: "output_tokens", limit: 100, perMs: 3_600_000 }]);
    const amounts = { requests: 1, inputTokens: 0, outputTokens: 9 };
    limits.admit(ask({ amounts }));
    const open = limits.admit(ask({ amounts }));
    limits.configure(limitsOf([{ id: "l", unit: "output_tokens", limit: after, perMs: 3_600_000 }]));
    open?.settle({ inputTokens: 0, outputTokens: 4 });
    expect(limits.list(1)[0]?.top[0]?.left).toBe(left);
    expect(limits.standingsOf(ask({ amounts }))[0]?.left).toBe(left);
  });

  it("count a limit that a policy names, or another cost of one that holds, once", () => {
    const { limits } = world([
      { id: "all", limit: 100 },
      { id: "named", limit: 100, keys: ["nobody"] },
    ]);
    const extra = [{ id: "named" }, { id: "all", cost: 7 }, { id: "unheard-of" }];
    const left = limits
      .admit(ask({ extra }))
      ?.standings()
      .map((one) => [one.limit.id, one.left]);
    expect(left).toEqual([
      ["named", 99],
      ["all", 93],
    ]);
  });

  it("shrink while upstreams throttle, to their floor, and grow back when it is quiet", () => {
    const { limits, time } = world([{ id: "l", limit: 100, perMs: 1000, adaptive: { floor: 0.5 } }]);
    const factor = (): number => limits.list(1)[0]?.factor ?? 0;
    const window = (throttled: number): void => {
      for (let index = 0; index < 100; index += 1) {
        const passed = limits.admit(ask());
        passed?.tried(index < throttled);
        passed?.cancel();
      }
      time.advance(5000);
    };
    const seen = [5, 6, 6, 6, 6, 0, 0].map((throttled) => {
      window(throttled);
      return Math.round(factor() * 1000) / 1000;
    });
    expect(seen).toEqual([1, 0.8, 0.64, 0.512, 0.5, 0.55, 0.6]);
    expect(limits.admit(ask())?.standings()[0]?.inForce).toBe(60);
    time.advance(60_000);
    expect(factor()).toBe(1);
  });

  it("shrink when the gateway is overloaded", () => {
    const { limits, time } = world([{ id: "l", limit: 100, adaptive: {} }]);
    limits.overloaded();
    time.advance(5000);
    expect(limits.list(1)[0]?.factor).toBe(0.8);
  });

  it("are halved for ten minutes for a key that behaves as it did not before, where they say so", () => {
    const { limits, time } = world([
      { id: "l", limit: 10, perMs: 3_600_000, halvedOnAnomaly: true },
      { id: "other", limit: 10 },
    ]);
    limits.flag("key_1");
    const standings = limits
      .admit(ask())
      ?.standings()
      .map(({ inForce }) => inForce);
    expect(standings).toEqual([5, 10]);
    for (let index = 0; index < 4; index += 1) limits.admit(ask());
    expect(refusal(limits, ask()).facts.quota).toEqual({ policies: ["l"], isAbnormal: true });
    time.advance(600_000);
    expect(limits.admit(ask())?.standings()[0]?.inForce).toBe(10);
  });

  it("take what was used already, and say so when that is more than there is", () => {
    const { limits, time } = world([{ id: "tpm", unit: "total_tokens", limit: 100 }]);
    const amounts = { requests: 0, inputTokens: 60, outputTokens: 0 };
    expect(limits.debit(ask({ amounts }))).toBeUndefined();
    expect(limits.debit(ask({ amounts }))?.code).toBe("rate_limited");
    expect(refusal(limits, ask({ amounts: { ...amounts, inputTokens: 0 } })).code).toBe("rate_limited");
    time.advance(12_000);
    expect(limits.admit(ask({ amounts: { ...amounts, inputTokens: 0 } }))).toBeDefined();
  });
});
