import { describe, expect, it } from "vitest";
import { createFirstLimits, type FirstLimits } from "./first-limits.ts";

const hour = 3_600_000;
const target = "openai/gpt-5";

function learn(limits: FirstLimits, calls: number, ms: number, { now = 0, promptBytes = 100 } = {}): void {
  for (let call = 0; call < calls; call += 1) limits.add(target, promptBytes, ms, now);
}

describe("the limit of a first word", () => {
  it("is three times what is usual, from five hundred calls on", () => {
    const limits = createFirstLimits();
    learn(limits, 499, 4000);
    expect(limits.find(target, 100, 0)).toBeUndefined();
    learn(limits, 1, 4000);
    const limitMs = limits.find(target, 100, 0) ?? 0;
    expect(limitMs).toBeGreaterThan(3 * 4000 * 0.8);
    expect(limitMs).toBeLessThan(3 * 4000 * 1.25);
    expect(limits.find("openai/other", 100, 0)).toBeUndefined();
  });

  it("is five seconds at least", () => {
    const limits = createFirstLimits();
    learn(limits, 500, 20);
    expect(limits.find(target, 100, 0)).toBe(5000);
  });

  it("is known by the size of the prompt", () => {
    const limits = createFirstLimits();
    learn(limits, 500, 2500, { promptBytes: 4095 });
    learn(limits, 500, 9000, { promptBytes: 4096 });
    learn(limits, 500, 20_000, { promptBytes: 2_000_000 });
    expect(limits.find(target, 0, 0)).toBe(limits.find(target, 4095, 0));
    expect(limits.find(target, 16_383, 0)).toBeGreaterThan(20_000);
    expect(limits.find(target, 16_384, 0)).toBeUndefined();
    expect(limits.list(0).map(({ bytesFrom, bytesBelow }) => [bytesFrom, bytesBelow])).toEqual([
      [0, 4096],
      [4096, 16_384],
      [262_144, null],
    ]);
  });

  it("is of a day: what was two days ago is forgotten", () => {
    const limits = createFirstLimits();
    learn(limits, 500, 4000);
    expect(limits.find(target, 100, 23 * hour)).toBeDefined();
    expect(limits.find(target, 100, 24 * hour)).toBeUndefined();
    learn(limits, 500, 30, { now: 48 * hour });
    expect(limits.find(target, 100, 48 * hour)).toBe(5000);
  });

  it("does not come back with the first call after a month of silence", () => {
    const limits = createFirstLimits();
    learn(limits, 600, 20);
    learn(limits, 1, 20, { now: 30 * 24 * hour });
    expect(limits.find(target, 100, 30 * 24 * hour)).toBeUndefined();
    expect(limits.list(30 * 24 * hour)).toEqual([]);
  });

  it("is not held to where a day has fewer than five hundred calls", () => {
    const limits = createFirstLimits();
    learn(limits, 600, 20);
    for (let day = 1; day < 10; day += 1) {
      for (let half = 0; half < 2; half += 1)
        learn(limits, 200, 9000, { now: (24 * day + 12 * half) * hour });
      expect(limits.find(target, 100, (24 * day + 12) * hour)).toBeUndefined();
    }
  });

  it("grows while it cuts more than one in a hundred, and not for fewer", () => {
    const limits = createFirstLimits();
    learn(limits, 1000, 2000);
    const before = limits.find(target, 100, 0) ?? 0;
    /** One in so many calls would take a minute: it is given up at the limit, which is all that is known of it. */
    const go = (oneIn: number): void => {
      for (let call = 0; call < 2000; call += 1)
        limits.add(target, 100, call % oneIn === 0 ? (limits.find(target, 100, 0) ?? 0) : 2000, 0);
    };
    go(500);
    expect(limits.find(target, 100, 0)).toBe(before);
    go(20);
    expect(limits.find(target, 100, 0)).toBeGreaterThan(2 * before);
  });

  it("is kept of so many targets and no more, those that are in use", () => {
    const limits = createFirstLimits();
    learn(limits, 500, 4000);
    for (let other = 0; other < 4999; other += 1) limits.add(`openai/${other}`, 0, 10, 0);
    learn(limits, 1, 4000);
    for (let other = 0; other < 4999; other += 1) limits.add(`openai/x${other}`, 0, 10, 0);
    expect(limits.find(target, 100, 0)).toBeDefined();
    limits.add("openai/more", 0, 10, 0);
    expect(limits.find(target, 100, 0)).toBeUndefined();
  });
});
