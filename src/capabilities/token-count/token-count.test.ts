import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorBand, learnFrom, uncalibrated } from "./calibration.ts";
import { createTokenCount } from "./stage.ts";

const gpt = { provider: "p", model: "gpt" };

describe("token estimates", () => {
  it("begin with four bytes a token, and with more for Claude", () => {
    const count = createTokenCount();
    expect(count.estimate(gpt, 4000)).toEqual({ tokens: 1000 });
    expect(count.estimate({ provider: "p", model: "claude-x" }, 4000)).toEqual({ tokens: 1400 });
    expect(count.estimate(gpt, 0)).toEqual({ tokens: 1 });
  });

  it("come within 5 % of any model's own way of counting after 30 calls, whatever that is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.infiniteStream(fc.nat(4000)),
        (ratio, sizes) => {
          const count = createTokenCount();
          for (let call = 0; call < 30; call += 1) {
            const size = 4000 + (sizes.next().value ?? 0);
            count.learn(gpt, size, Math.round((size / 4) * ratio));
          }
          const { tokens } = count.estimate(gpt, 8000);
          expect(Math.abs(tokens / (2000 * ratio) - 1)).toBeLessThan(0.05);
        },
      ),
    );
  });

  it("keep models apart, and learn nothing from bodies full of images", () => {
    const count = createTokenCount();
    count.learn(gpt, 4000, 2000);
    count.learn(gpt, 300_000, 1);
    expect(count.estimate({ provider: "q", model: "gpt" }, 4000).tokens).toBe(1000);
    expect(count.estimate(gpt, 4000).tokens).toBe(2000);
  });

  it("tell how far they may be off once there is enough to tell", () => {
    let calibration = uncalibrated(1);
    for (let call = 0; call < 200; call += 1)
      calibration = learnFrom(calibration, { estimated: 100, reported: call % 10 === 0 ? 130 : 100 });
    expect(errorBand(uncalibrated(1))).toBeUndefined();
    expect(errorBand(calibration)).toBeGreaterThan(0.01);
    expect(errorBand(calibration)).toBeLessThan(0.31);
    expect(calibration.distances).toHaveLength(200);
  });

  it("have a lower bound: far off before anything is learned, their own error below them afterwards", () => {
    const count = createTokenCount();
    expect(count.atLeast(gpt, 16_000)).toBe(1000);
    for (let call = 0; call < 30; call += 1) count.learn(gpt, 4000, call % 5 === 0 ? 800 : 1000);
    const least = count.atLeast(gpt, 16_000);
    expect(least).toBeGreaterThan(3000);
    expect(least).toBeLessThan(count.estimate(gpt, 16_000).tokens);
  });

  it("are not moved by counts that cannot be", () => {
    const before = uncalibrated(1);
    for (const reported of [0, -1, Number.NaN])
      expect(learnFrom(before, { estimated: 10, reported })).toBe(before);
  });
});
