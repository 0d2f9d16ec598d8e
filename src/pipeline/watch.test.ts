import { describe, expect, it } from "vitest";
import { epochMs, monotonicMs } from "../kernel/units.ts";
import { createWatch, type TryLimits } from "./watch.ts";

/** A process whose timers fire when it gets round to them: those that are due, and only at `turn`. */
function world(limits: Partial<TryLimits> = {}) {
  let now = 0;
  let tasks: { readonly dueAt: number; readonly run: () => void }[] = [];
  const told: string[] = [];
  const after = (span: number, run: () => void) => {
    const task = { dueAt: now + span, run };
    tasks.push(task);
    return () => {
      tasks = tasks.filter((other) => other !== task);
    };
  };
  const watch = createWatch(
    {
      clock: { now: () => epochMs(now), monotonic: () => monotonicMs(now) },
      timer: { after, every: after },
    },
    {
      firstMs: 1000,
      idleMs: 500,
      leftMs: 60_000,
      onFirst: (ms) => void told.push(`first word after ${ms}`),
      ...limits,
    },
    (phase, ms) => told.push(`${phase} after ${ms}`),
  );
  return {
    watch,
    told,
    /** The process comes to its timers at `at`, and not before. */
    turn: (at: number): void => {
      now = at;
      const due = tasks.filter(({ dueAt }) => dueAt <= at);
      tasks = tasks.filter(({ dueAt }) => dueAt > at);
      for (const { run } of due) run();
    },
  };
}

describe("a watch", () => {
  it("tells silence when its time is over, and the first word once", () => {
    const silent = world();
    silent.turn(999);
    expect(silent.told).toEqual([]);
    silent.turn(1000);
    expect(silent.told).toEqual(["first after 1000"]);
    const speaks = world();
    speaks.turn(300);
    speaks.watch.begin();
    speaks.watch.begin();
    speaks.turn(800);
    expect(speaks.told).toEqual(["first word after 300", "idle after 500"]);
  });

  it("takes no hiccup of the process for silence: what has come meanwhile is read before", () => {
    const { watch, told, turn } = world();
    turn(5000);
    expect(told).toEqual([]);
    // What has waited is read between two rounds of timers.
    watch.begin();
    turn(5001);
    expect(told).toEqual(["first word after 5000"]);
    // And again between two words.
    turn(9000);
    watch.touch();
    turn(9001);
    turn(9499);
    expect(told).toEqual(["first word after 5000"]);
    turn(9500);
    expect(told).toEqual(["first word after 5000", "idle after 500"]);
  });

  it("tells silence all the same where nothing has come, however often it is held up", () => {
    const { told, turn } = world();
    turn(5000);
    turn(10_000);
    expect(told).toEqual(["first after 1000"]);
  });
});
