import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addTime, createUsualTime, lateAfter, type UsualRules, type UsualTime } from "./usual-time.ts";

const atEnds: UsualRules = { above: 0.05, generationMs: 1000, callsMin: 100 };
const often: UsualRules = {
  above: 0.01,
  generationMs: 1000,
  callsMin: 500,
  settledAfter: 100,
  isForgotten: true,
};

/** A bucket is a factor of the square root of two wide. */
const near = (ms: number): [number, number] => [ms / 1.5, ms * 1.5];

function add(usual: UsualTime, rules: UsualRules, times: number, { at = 0, ms = 100 } = {}): void {
  for (let call = 0; call < times; call += 1) addTime(usual, rules, at, ms);
}

describe("usual times", () => {
  it("are known when a generation has ended, from so many calls on", () => {
    const usual = createUsualTime();
    add(usual, atEnds, 99);
    addTime(usual, atEnds, 1000, 100);
    expect(usual.lateMs).toBeUndefined();
    add(usual, atEnds, 99, { at: 1000 });
    addTime(usual, atEnds, 2000, 100);
    expect(usual.lateMs).toBeGreaterThan(near(100)[0]);
  });

  it("are known at once where they are settled by the number of calls", () => {
    const usual = createUsualTime();
    add(usual, often, 499);
    expect(lateAfter(usual, often, 0)).toBeUndefined();
    add(usual, often, 1);
    expect(lateAfter(usual, often, 0)).toBeGreaterThan(near(100)[0]);
    expect(lateAfter(usual, often, 0)).toBeLessThan(near(100)[1]);
    expect(lateAfter(usual, often, 1999)).toBeDefined();
    // Nobody knows what is usual today.
    expect(lateAfter(usual, often, 2000)).toBeUndefined();
  });

  it("are forgotten with the calls that showed them, or held to until others do", () => {
    const forgotten = createUsualTime();
    add(forgotten, often, 600);
    add(forgotten, often, 1, { at: 50_000 });
    expect(forgotten.lateMs).toBeUndefined();
    const held = createUsualTime();
    add(held, atEnds, 600);
    add(held, atEnds, 1, { at: 50_000 });
    add(held, atEnds, 99, { at: 90_000, ms: 9000 });
    add(held, atEnds, 1, { at: 99_000 });
    expect(held.lateMs).toBeLessThan(near(100)[1]);
  });

  it("are of those that are kept: a generation that has gone shows nothing", () => {
    const usual = createUsualTime();
    add(usual, often, 400);
    add(usual, often, 300, { at: 1000 });
    expect(lateAfter(usual, often, 1999)).toBeDefined();
    expect(lateAfter(usual, often, 2000)).toBeUndefined();
    add(usual, often, 200, { at: 2000 });
    expect(lateAfter(usual, often, 2000)).toBeDefined();
  });

  it("lie within a bucket of the true percentile, whatever the times", () => {
    const times = fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), {
      minLength: 500,
      maxLength: 900,
    });
    fc.assert(
      fc.property(times, (list) => {
        const usual = createUsualTime();
        for (const ms of list) addTime(usual, { ...often, settledAfter: 1 }, 0, ms);
        const sorted = list.toSorted((left, right) => left - right);
        const truth = sorted[sorted.length - 1 - Math.floor(list.length * often.above)] ?? 0;
        expect(usual.lateMs ?? 0).toBeGreaterThan(near(truth)[0]);
        expect(usual.lateMs ?? 0).toBeLessThan(near(truth)[1]);
      }),
      { numRuns: 50 },
    );
  });

  it("keep their shares however many there are", () => {
    const usual = createUsualTime();
    for (let call = 0; call < 300_000; call += 1) addTime(usual, often, 0, call % 500 === 0 ? 10_000 : 100);
    // One in five hundred is fewer than one in a hundred.
    expect(usual.lateMs).toBeLessThan(near(100)[1]);
    for (let call = 0; call < 300_000; call += 1) addTime(usual, often, 0, call % 20 === 0 ? 10_000 : 100);
    expect(usual.lateMs).toBeGreaterThan(near(10_000)[0]);
  });
});
