import { describe, expect, it } from "vitest";
import { createDriftWatch } from "./drift.ts";

const of = { provider: "openrouter", model: "m" };

describe("the drift of prices", () => {
  it("alarms once when a hundred calls differ by more than a hundredth, and not before", () => {
    const watch = createDriftWatch();
    const told = Array.from({ length: 120 }, () => watch.compare(of, { ours: 102, reported: 100 }));
    expect(told.flatMap((drift, call) => (drift === undefined ? [] : [call]))).toEqual([99]);
    expect(watch.list()).toEqual([
      { ...of, calls: 100, oursNanoUsd: 10_200, reportedNanoUsd: 10_000, isAlarming: true },
    ]);
  });

  it("looks at the last hundred, so that a corrected price ends it", () => {
    const watch = createDriftWatch();
    for (let call = 0; call < 100; call += 1) watch.compare(of, { ours: 200, reported: 100 });
    for (let call = 0; call < 100; call += 1) watch.compare(of, { ours: 100, reported: 100 });
    expect(watch.list()[0]?.isAlarming).toBe(false);
  });

  it("takes a hundredth, and calls that were free on both sides, for nothing", () => {
    const watch = createDriftWatch();
    for (let call = 0; call < 100; call += 1) {
      expect(watch.compare(of, { ours: 101, reported: 100 })).toBeUndefined();
      expect(watch.compare({ ...of, model: "free" }, { ours: 0, reported: 0 })).toBeUndefined();
    }
  });

  it("forgets nothing and grows no further when models come without end", () => {
    const watch = createDriftWatch();
    for (let model = 0; model < 600; model += 1)
      watch.compare({ provider: "p", model: `m${model}` }, { ours: 1, reported: 1 });
    expect(watch.list()).toHaveLength(500);
  });
});
