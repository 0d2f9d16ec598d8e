import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry } from "./mulberry.ts";
import { createPairedBound } from "./paired-bound.ts";

const pattern = [0, 0, 0, 0, -1, 0, 0, 1, 0, -1];

describe("how far a mean of pairs is below 0", () => {
  it.each([
    [100, 0.142185445143],
    [500, -0.006508116282],
    [1000, -0.03244863202],
  ])("is as the specification works it out after %i pairs", (pairs, upper) => {
    const bound = createPairedBound();
    for (let pair = 0; pair < pairs; pair += 1) bound.note(pattern[pair % pattern.length] ?? 0);
    expect(bound.upper()).toBeCloseTo(upper, 10);
    expect(bound.count()).toBe(pairs);
    expect(bound.mean()).toBeCloseTo(-0.1, 10);
  });

  it("knows nothing before the first", () => {
    expect(createPairedBound().upper()).toBe(1);
  });

  it("goes on from what was kept as if nothing had been between", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 }), (differences) => {
        const whole = createPairedBound();
        let parted = createPairedBound();
        for (const difference of differences) {
          whole.note(difference);
          parted = createPairedBound(0.01, parted.state());
          parted.note(difference);
        }
        expect(parted.upper()).toBe(whole.upper());
      }),
    );
  });

  it("is seldom wrong, though it is looked at after each pair", () => {
    const random = mulberry(11);
    let wrong = 0;
    for (let run = 0; run < 300; run += 1) {
      const bound = createPairedBound(0.05);
      let isWrong = false;
      for (let pair = 0; pair < 400 && !isWrong; pair += 1) {
        const drawn = random();
        bound.note(drawn < 0.1 ? -1 : drawn < 0.2 ? 1 : 0);
        isWrong = bound.upper() < 0;
      }
      if (isWrong) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(15);
  });

  it("sees a loss of a tenth within some hundred pairs", () => {
    const random = mulberry(12);
    const bound = createPairedBound();
    let pairs = 0;
    while (bound.upper() >= -0.02 && pairs < 5000) {
      const drawn = random();
      bound.note(drawn < 0.13 ? -1 : drawn < 0.16 ? 1 : 0);
      pairs += 1;
    }
    expect(pairs).toBeLessThan(1200);
  });
});
