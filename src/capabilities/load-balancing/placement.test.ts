import { describe, expect, it } from "vitest";
import { createPlacement } from "./placement.ts";

type Placement = ReturnType<typeof createPlacement>;

/** Serves one request of `work` tokens at `perToken` seconds each, alone. */
function serve(placement: Placement, member: string, perToken: number, from: number): void {
  const work = 100;
  placement.begin(member, from).succeeded(work, from + work * perToken);
}

const nobody = (): readonly string[] => [];

/** Seconds that 100 tokens are foretold to take. */
const foretold = (
  placement: Placement,
  member: string,
  { now, others = nobody }: { readonly now: number; readonly others?: () => readonly string[] },
): number => placement.predict(member, { work: 100, others }, now);

describe("createPlacement", () => {
  it("assumes .015 s a token and .0007 more for each request beside it", () => {
    const placement = createPlacement();
    expect(foretold(placement, "a", { now: 0 })).toBeCloseTo(100 * (0.015 + 0.0007), 9);
    placement.begin("a", 0);
    placement.begin("a", 0);
    expect(placement.inFlight("a")).toBe(2);
    expect(foretold(placement, "a", { now: 0 })).toBeCloseTo(100 * (0.015 + 3 * 0.0007), 9);
    // The others are not touched by it.
    expect(foretold(placement, "b", { now: 0 })).toBeCloseTo(100 * (0.015 + 0.0007), 9);
  });

  describe("of whom nothing is known", () => {
    /** Two that are known: 1 and 5 s for 100 tokens. */
    const known = (): Placement => {
      const placement = createPlacement();
      for (let index = 0; index < 50; index += 1) {
        serve(placement, "fast", 0.01, 10 * index);
        serve(placement, "slow", 0.05, 10 * index);
      }
      return placement;
    };
    const others = (): readonly string[] => ["fast", "slow", "new"];

    it("is taken to outdo the quickest, whatever was known when it was first looked at", () => {
      const placement = createPlacement();
      expect(foretold(placement, "new", { now: 0, others })).toBeCloseTo(1.57, 9);
      for (let index = 0; index < 50; index += 1) serve(placement, "fast", 0.001, index);
      const fast = foretold(placement, "fast", { now: 50, others });
      expect(fast).toBeLessThan(0.11);
      expect(foretold(placement, "new", { now: 50, others })).toBeCloseTo(0.9 * fast, 9);
    });

    it("is taken to be as the others are on average while its first request is on its way", () => {
      const placement = known();
      const placed = placement.begin("new", 500);
      const meanwhile = foretold(placement, "new", { now: 500, others });
      expect(meanwhile).toBeGreaterThan(2.9);
      expect(meanwhile).toBeLessThan(3.3);
      placed.succeeded(100, 502);
      expect(foretold(placement, "new", { now: 502, others })).toBeCloseTo(2, 1);
    });

    it("is hoped for three times, and no more where its answers never tell", () => {
      const placement = known();
      const fast = foretold(placement, "fast", { now: 500, others });
      for (let request = 0; request < 3; request += 1) {
        expect(foretold(placement, "new", { now: 500, others })).toBeLessThan(fast);
        placement.begin("new", 500).left(500);
      }
      expect(foretold(placement, "new", { now: 500, others })).toBeGreaterThan(2 * fast);
    });

    it("is not asked again at once where it has failed", () => {
      const placement = known();
      const fast = foretold(placement, "fast", { now: 500, others });
      placement.begin("new", 500).failed(500);
      expect(foretold(placement, "new", { now: 500, others })).toBeGreaterThan(5 * fast);
      expect(foretold(placement, "new", { now: 600, others })).toBeLessThan(fast);
    });
  });

  it("believes the next request of who was idle for minutes, and goes by the sum of them where it was not", () => {
    const placement = createPlacement();
    let now = 0;
    for (let request = 0; request < 200; request += 1) {
      serve(placement, "a", 0.05, now);
      now += 5;
    }
    serve(placement, "a", 0.01, now);
    expect(foretold(placement, "a", { now })).toBeGreaterThan(4.8);
    now += 600;
    serve(placement, "a", 0.01, now);
    expect(foretold(placement, "a", { now })).toBeLessThan(1.2);
  });

  it("keeps away from what fails, the more so the oftener, and comes back", () => {
    const placement = createPlacement();
    const usual = foretold(placement, "a", { now: 0 });
    placement.begin("a", 0).failed(0);
    const once = foretold(placement, "a", { now: 0 });
    placement.begin("a", 0).failed(0);
    expect(once).toBeCloseTo(6 * usual, 9);
    expect(foretold(placement, "a", { now: 0 })).toBeCloseTo(11 * usual, 9);
    expect(foretold(placement, "a", { now: 100 })).toBeLessThan(1.001 * usual);
    placement.begin("a", 100).succeeded(1, 100);
    expect(foretold(placement, "a", { now: 100 })).toBeCloseTo(usual, 9);
  });

  it("counts an end once, and learns nothing from what was cut off or was too short", () => {
    const placement = createPlacement();
    const placed = placement.begin("a", 0);
    placed.left(10);
    placed.succeeded(100, 20);
    placed.failed(30);
    placement.begin("a", 0).succeeded(7, 100);
    expect(placement.inFlight("a")).toBe(0);
    expect(foretold(placement, "a", { now: 0 })).toBeCloseTo(100 * (0.015 + 0.0007), 9);
  });

  it("forgets who was asked longest ago, not who was known first, and nobody by being asked about", () => {
    const placement = createPlacement();
    for (let request = 0; request < 50; request += 1) serve(placement, "busy", 0.001, request);
    for (let name = 0; name < 20_000; name += 1) {
      foretold(placement, `looked at ${name}`, { now: 100 });
      placement.begin(`made up ${name}`, 100).failed(100);
      if (name % 1000 === 0) serve(placement, "busy", 0.001, 100 + name);
    }
    expect(placement.states()).toHaveLength(10_000);
    expect(placement.states().find(({ name }) => name === "busy")?.learnedFrom).toBe(70);
  });
});
