import { describe, expect, it } from "vitest";
import { imbalanceOf } from "./imbalance.ts";
import { names, testPool } from "./pool.test-support.ts";
import { createPrefixHits } from "./prefix-hits.ts";
import { stateOf } from "./read-model.ts";

const alike = (count: number) => names(count).map((name) => ({ name }));

describe("imbalanceOf", () => {
  /** So many calls in flight at each member, for ten minutes. */
  function after(counts: readonly number[], weights: readonly number[] = []) {
    const members = names(counts.length).map((name, index) => ({ name, weight: weights[index] ?? 1 }));
    const made = testPool("least-request", members);
    for (const [index, count] of counts.entries()) {
      const avoid = members.filter((_, other) => other !== index).map(({ name }) => name);
      for (let call = 0; call < count; call += 1) made.place({ avoid });
    }
    made.time.now += 600;
    return made;
  }

  it.for<{ name: string; counts: readonly number[]; weights?: readonly number[]; times: number }>([
    { name: "all have alike", counts: [4, 4, 4], times: 1 },
    { name: "one has all", counts: [9, 0, 0], times: 3 },
    { name: "one has twice what the mean is", counts: [4, 1, 1], times: 2 },
    { name: "all have what their weight says", counts: [6, 2], weights: [3, 1], times: 1 },
    { name: "a light one has as much as a heavy one", counts: [4, 4], weights: [3, 1], times: 2 },
    { name: "nothing is in flight", counts: [0, 0], times: 1 },
  ])("$name: $times times its share", ({ counts, weights, times }) => {
    const { pool, time } = after(counts, weights);
    expect(imbalanceOf(pool.members, "least-request", time.now)).toBeCloseTo(times, 3);
  });

  it("does not hold a weight against balancers that do not look at it", () => {
    const { pool, time } = after([4, 4], [3, 1]);
    expect(imbalanceOf(pool.members, "predicted", time.now)).toBeCloseTo(1, 3);
  });

  it("is of the last minute, and of those that take calls", () => {
    const { pool, time, place } = testPool("round-robin", alike(2));
    const [a, b] = names(2);
    const calls = [1, 2, 3].map(() => place({ avoid: [b ?? ""] }));
    time.now += 600;
    const shown = (): number => stateOf(pool, time.now, (at) => at).imbalance;
    expect(shown()).toBeCloseTo(2, 2);
    for (const call of calls) call.left();
    for (let call = 0; call < 3; call += 1) place({ avoid: [a ?? ""] });
    time.now += 41.6;
    expect(shown()).toBeCloseTo(1, 1);
    time.now += 600;
    expect(shown()).toBeCloseTo(2, 2);
    const [first] = pool.members;
    if (first !== undefined) pool.drain(first);
    expect(shown()).toBe(1);
  });
});

describe("createPrefixHits", () => {
  it("is not known until somebody tells, and forgets what is long ago", () => {
    const hits = createPrefixHits();
    expect(hits.ratio()).toBeUndefined();
    hits.told(0, 1000);
    hits.told(500, 1000);
    expect(hits.ratio()).toBeCloseTo(0.25, 2);
    for (let call = 0; call < 2000; call += 1) hits.told(900, 1000);
    expect(hits.ratio()).toBeCloseTo(0.9, 3);
    // Some count more than was sent.
    for (let call = 0; call < 5000; call += 1) hits.told(2000, 1000);
    expect(hits.ratio()).toBeCloseTo(1, 6);
  });

  it("is told of a pool by what its calls came to", () => {
    const { pool, time, place } = testPool("round-robin", alike(2));
    const ratio = (): number | null => stateOf(pool, time.now, (at) => at).prefixHitRatio;
    place().succeeded({ work: 10 });
    expect(ratio()).toBeNull();
    place().succeeded({ work: 10, cachedTokens: 30, promptTokens: 40 });
    expect(ratio()).toBe(0.75);
  });
});
