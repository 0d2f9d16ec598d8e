import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../platform/memory/index.ts";
import { evaluateOffPolicy, halfWidth, type LoggedChoice } from "./off-policy.ts";

function numbers(seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536;
  };
}

/** Two arms, good with .9 and .6; the log asks the first with 90 %, the other policy the second always. */
function log(seed: number, size: number): readonly LoggedChoice[] {
  const next = numbers(seed);
  return Array.from({ length: size }, () => {
    const isSecond = next() < 0.1;
    const outcome = next() < (isSecond ? 0.6 : 0.9) ? 1 : 0;
    // What was expected is off, on purpose.
    return { ratio: isSecond ? 10 : 0, outcome, expectedNew: 0.7, expectedLogged: isSecond ? 0.7 : 0.8 };
  });
}

describe("evaluateOffPolicy", () => {
  it("comes to the truth of a policy that was never in force, in 93 of 100 logs at least", () => {
    const inside = { ips: 0, snips: 0, dr: 0 };
    for (let seed = 0; seed < 100; seed += 1) {
      const told = evaluateOffPolicy(log(seed, 4000));
      for (const name of ["ips", "snips", "dr"] as const)
        if (told[name].low <= 0.6 && told[name].high >= 0.6) inside[name] += 1;
    }
    for (const name of ["ips", "snips", "dr"] as const) expect(inside[name], name).toBeGreaterThanOrEqual(93);
  });

  it("is narrowest where it is doubly robust, and says how much the log is worth", () => {
    const { ips, snips, dr, effectiveSize } = evaluateOffPolicy(log(1, 4000));
    expect(snips.high - snips.low).toBeLessThan(ips.high - ips.low);
    expect(dr.high - dr.low).toBeLessThan(ips.high - ips.low);
    expect(effectiveSize).toBeGreaterThan(350);
    expect(effectiveSize).toBeLessThan(450);
  });

  it("is worth nothing where the other policy never did the same", () => {
    const never = log(1, 100).map((choice) => ({ ...choice, ratio: 0 }));
    expect(evaluateOffPolicy(never).effectiveSize).toBe(0);
  });
});

describe("halfWidth", () => {
  it("comes to the specification's number", () => {
    expect(halfWidth(1000, 1)).toBeCloseTo(0.106_375_470_1, 9);
  });
});
