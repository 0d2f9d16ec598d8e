import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countersIn } from "../../kernel/retry-after.ts";
import { createFreeShares } from "./free-shares.ts";

const openai = (requests: number, tokens: number): ReadonlyMap<string, string> =>
  new Map([
    ["x-ratelimit-limit-requests", "100"],
    ["x-ratelimit-remaining-requests", String(requests)],
    ["x-ratelimit-reset-requests", "30s"],
    ["x-ratelimit-limit-tokens", "10000"],
    ["x-ratelimit-remaining-tokens", String(tokens)],
  ]);

describe("createFreeShares", () => {
  it("knows nothing of who has told nothing", () => {
    const shares = createFreeShares();
    shares.begun("a");
    shares.told("a", [], 0);
    expect([shares.shareOf("a", 0), shares.shareOf("b", 0)]).toEqual([undefined, undefined]);
  });

  it("takes the scarcest limit, until its counter starts anew", () => {
    const shares = createFreeShares();
    shares.told("a", countersIn(openai(20, 9000)), 1000);
    expect(shares.shareOf("a", 30_999)).toBe(0.2);
    expect(shares.shareOf("a", 31_000)).toBe(0.9);
    // Where no moment is told, a minute.
    expect(shares.shareOf("a", 60_999)).toBe(0.9);
    expect(shares.shareOf("a", 61_000)).toBeUndefined();
  });

  it("takes off what was sent since, by what requests usually come to", () => {
    const shares = createFreeShares();
    shares.used("a", { input: 400, output: 100 });
    shares.begun("a");
    shares.told("a", countersIn(openai(100, 5000)), 0);
    // The provider has counted the one before.
    expect(shares.shareOf("a", 0)).toBe(0.5);
    shares.begun("a");
    shares.begun("a");
    expect(shares.shareOf("a", 0)).toBe(0.4);
    shares.told("a", [], 0);
    expect(shares.shareOf("a", 0)).toBe(0.4);
    shares.told("a", countersIn(openai(98, 4800)), 0);
    expect(shares.shareOf("a", 0)).toBe(0.48);
  });

  it("keeps prompts and answers apart where the provider does", () => {
    const shares = createFreeShares();
    shares.used("a", { input: 400, output: 100 });
    const counter = { limit: 1000, remaining: 1000, resetMs: undefined };
    shares.told("a", [{ ...counter, kind: "input-tokens" }], 0);
    shares.told("b", [{ ...counter, kind: "output-tokens" }], 0);
    shares.used("b", { input: 400, output: 100 });
    for (const name of ["a", "b"]) shares.begun(name);
    expect([shares.shareOf("a", 0), shares.shareOf("b", 0)]).toEqual([0.6, 0.9]);
  });

  it("is a share, whatever is told", () => {
    const counter = fc.record({
      kind: fc.constantFrom("requests" as const, "tokens" as const, "input-tokens" as const),
      limit: fc.integer({ min: 1, max: 1e9 }),
      remaining: fc.nat({ max: 2e9 }),
      resetMs: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(counter, { minLength: 1 }), fc.nat({ max: 50 }), (counters, sent) => {
        const shares = createFreeShares();
        shares.used("a", { input: 1e6, output: 10 });
        shares.told("a", counters, 0);
        const before = shares.shareOf("a", 0);
        for (let index = 0; index < sent; index += 1) shares.begun("a");
        const after = shares.shareOf("a", 0);
        expect(after === undefined).toBe(before === undefined);
        if (before === undefined || after === undefined) return;
        expect(after).toBeLessThanOrEqual(before);
        expect(after).toBeGreaterThanOrEqual(0);
        expect(before).toBeLessThanOrEqual(1);
      }),
    );
  });
});
