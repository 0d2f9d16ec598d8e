import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../platform/memory/index.ts";
import { createShiftAlarm } from "./shift-alarm.ts";

/** Outcomes that are good with a probability, the same for the same seed. */
function outcomes(probability: number, seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536 < probability ? 1 : 0;
  };
}

/** How many outcomes it takes on average until the first alarm, over `runs` alarms. */
function meanUntilAlarm(expected: number, actual: number, runs: number): number {
  const next = outcomes(actual, 7);
  let seen = 0;
  for (let run = 0; run < runs; run += 1) {
    const alarm = createShiftAlarm();
    do seen += 1;
    while (alarm.observe(next(), expected, 1) === 0);
  }
  return seen / runs;
}

describe("createShiftAlarm", () => {
  // The specification's simulation: a fall from .92 to .75 after 58, to .62 after 24 judgements; at most 70 are allowed.
  it.for([
    { actual: 0.75, least: 50, most: 70 },
    { actual: 0.62, least: 18, most: 30 },
  ])("sees a fall from .92 to $actual within $most judgements on average", ({ actual, least, most }) => {
    const mean = meanUntilAlarm(0.92, actual, 500);
    expect(mean).toBeGreaterThan(least);
    expect(mean).toBeLessThan(most);
  });

  it("sees a rise too", () => {
    expect(meanUntilAlarm(0.6, 0.85, 200)).toBeLessThan(70);
  });

  it.for([0.92, 0.75])("raises at most one false alarm in 10,000 judgements at %d", (probability) => {
    const next = outcomes(probability, 9);
    const alarm = createShiftAlarm();
    let alarms = 0;
    for (let seen = 0; seen < 200_000; seen += 1) {
      if (alarm.observe(next(), probability, 1) > 0) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(20);
  });

  it("tells over how many judgements it built up", () => {
    const alarm = createShiftAlarm();
    for (let seen = 0; seen < 100; seen += 1) alarm.observe(1, 0.92, 1);
    let until = 1;
    while (true) {
      const since = alarm.observe(0, 0.92, 1);
      if (since > 0) {
        expect(since).toBe(until);
        break;
      }
      until += 1;
    }
    expect(until).toBeLessThan(10);
  });

  it("counts a judgement of no weight as none", () => {
    const alarm = createShiftAlarm();
    for (let seen = 0; seen < 1000; seen += 1) expect(alarm.observe(0, 0.99, 0)).toBe(0);
  });
});
