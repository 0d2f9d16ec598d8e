import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slidingCount } from "./sliding-count.ts";

describe("slidingCount", () => {
  it("says so at the first above the bound, and not before", () => {
    const count = slidingCount(3, 1000);
    expect([0, 1, 2, 3].map(count)).toEqual([false, false, false, true]);
  });

  it("forgets what is a span and more ago", () => {
    const count = slidingCount(3, 1000);
    for (const at of [0, 1, 2]) count(at);
    expect(count(1999)).toBe(false);
    expect([5000, 5001, 5002, 5003].map(count)).toEqual([false, false, false, true]);
  });

  it("never speaks of events that keep well below the bound", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 250, max: 3000 }), { maxLength: 100 }), (gaps) => {
        const count = slidingCount(10, 1000);
        let now = 0;
        for (const gap of gaps) expect(count((now += gap))).toBe(false);
      }),
    );
  });
});
