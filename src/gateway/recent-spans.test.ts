import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecentSpans } from "./recent-spans.ts";

const figuresOf = (spans: readonly number[]) => {
  const recent = createRecentSpans();
  for (const span of spans) recent.add(span);
  return recent.figures();
};

describe("createRecentSpans", () => {
  it("knows nothing before there is anything", () => {
    expect(figuresOf([])).toBeNull();
  });

  it("tells figures that were spans, half of all and one in a hundred not above", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 200 }), (spans) => {
        const figures = figuresOf(spans);
        const notAbove = (bound = -1) => spans.filter((span) => span <= bound).length / spans.length;
        const below = (bound = -1) => spans.filter((span) => span < bound).length / spans.length;
        expect(figures?.count).toBe(spans.length);
        expect(spans).toContain(figures?.msP50);
        expect(spans).toContain(figures?.msP99);
        expect(notAbove(figures?.msP50)).toBeGreaterThanOrEqual(0.5);
        expect(below(figures?.msP50)).toBeLessThan(0.5);
        expect(notAbove(figures?.msP99)).toBeGreaterThanOrEqual(0.99);
        expect(below(figures?.msP99)).toBeLessThan(0.99);
      }),
    );
  });

  it("is of the last 200 alone", () => {
    const old = Array.from({ length: 50 }, () => 9000);
    const young = Array.from({ length: 200 }, () => 10);
    expect(figuresOf([...old, ...young])).toEqual({ count: 200, msP50: 10, msP99: 10 });
  });
});
