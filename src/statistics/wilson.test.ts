import { describe, expect, it } from "vitest";
import { wilsonLower } from "./wilson.ts";

describe("wilsonLower", () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
  it.each([
    [81, 263, 0.2553],
    [15, 148, 0.0624],
    [0, 20, 0],
    [1, 29, 0.0061],
  ])("of %i among %i is %d", (hits, trials, expected) => {
    expect(wilsonLower(hits, trials)).toBeCloseTo(expected, 3);
  });

  it("is 0 without trials, and takes more hits than trials as all", () => {
    expect(wilsonLower(0, 0)).toBe(0);
    expect(wilsonLower(12, 10)).toBe(wilsonLower(10, 10));
  });

  it("opens where the specification says it must: 8 of 10, 13 of 20, 50 of 100, and not one fewer", () => {
    for (const [hits, trials] of [
      [8, 10],
      [13, 20],
      [50, 100],
    ] as const) {
      expect(wilsonLower(hits, trials)).toBeGreaterThan(0.4);
      expect(wilsonLower(hits - 1, trials)).toBeLessThan(0.4);
    }
  });
});
