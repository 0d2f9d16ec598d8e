import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../platform/memory/index.ts";
import { createConformalBound } from "./conformal.ts";

function numbers(seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536;
  };
}

describe("createConformalBound", () => {
  it("says nothing before 200 outcomes, then the quantile with the correction for few", () => {
    const bound = createConformalBound(0.1);
    for (let index = 1; index < 200; index += 1) bound.observe(index);
    expect(bound.margin()).toBeUndefined();
    bound.observe(200);
    // The 181st of 200: ceil(201 * .9).
    expect(bound.margin()).toBe(181);
  });

  it.for([0.1, 0.02])("is passed by a share of %d, also when the distribution moves", (wanted) => {
    const bound = createConformalBound(wanted);
    const next = numbers(3);
    let above = 0;
    let told = 0;
    for (let index = 0; index < 20_000; index += 1) {
      const residual = next() ** 3 * (index < 10_000 ? 1 : 3);
      const margin = bound.margin();
      if (margin !== undefined) {
        told += 1;
        if (residual > margin) above += 1;
      }
      bound.observe(residual);
    }
    expect(Math.abs(above / told - wanted)).toBeLessThan(0.004);
  });

  it("remembers the last 1,500, goes on from what was kept, and leaves out what is no number", () => {
    const bound = createConformalBound(0.1);
    for (let index = 0; index < 4000; index += 1) bound.observe(index);
    bound.observe(Number.NaN);
    const state = bound.state();
    expect([...state.residuals]).toEqual(Array.from({ length: 1500 }, (_, index) => 2500 + index));
    const again = createConformalBound(0.1, state);
    expect(again.margin()).toBe(bound.margin());
    for (const one of [again, bound]) for (let index = 0; index < 800; index += 1) one.observe(-index);
    expect(again.margin()).toBe(bound.margin());
  });
});
