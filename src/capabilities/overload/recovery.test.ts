import { describe, expect, it } from "vitest";
import { createBulkhead, type Slot } from "./bulkhead.ts";
import { createCursor } from "./cursor.ts";
import { createRecovery } from "./recovery.ts";

const second = 1000;

/**
 * A target that does each request in a second, behind a hundred slots; `rate` requests come each second.
 *
 * @param lateBy How late the process says it has been, ms, by the moment of the reading.
 * @param isStalled Whether the target does nothing in this moment.
 * @returns When requests were refused, ms.
 */
function play({
  rate,
  lateBy = () => 0,
  isStalled = () => false,
  seconds,
}: {
  readonly rate: number;
  readonly lateBy?: (at: number) => number;
  readonly isStalled?: (at: number) => boolean;
  readonly seconds: number;
}): readonly number[] {
  let now = 0;
  const cursor = createCursor(
    () => 50,
    () => now,
  );
  const rules = { concurrency: 100, queueMax: 100, maxWaitMs: 1000 } as const;
  const bulkhead = createBulkhead(
    () => rules,
    () => now,
  );
  const inside: { slot: Slot; left: number }[] = [];
  const waiting = new Map<() => void, number>();
  const refused: number[] = [];
  const come = (count: number): void => {
    if (cursor.admit({ priority: "interactive", tenant: `t${count % 20}`, shares: 1, cost: 1 })) {
      refused.push(now);
      return;
    }
    const asks = { keyId: "k", priority: "interactive", tokens: 1 } as const;
    const slot = bulkhead.enter(asks, rules);
    if (slot !== undefined) {
      cursor.waited(0, true);
      inside.push({ slot, left: second });
      return;
    }
    const from = now;
    const told = (got: boolean): void => {
      waiting.delete(giveUp);
      cursor.waited(now - from, got);
      if (got) return;
      cursor.gaveUp();
      refused.push(now);
    };
    let queued: ReturnType<typeof bulkhead.queue>;
    const giveUp = (): void => {
      queued?.giveUp();
      told(false);
    };
    const give = (given: Slot): void => {
      told(true);
      inside.push({ slot: given, left: second });
    };
    queued = bulkhead.queue({ asks, give, refuse: () => told(false) }, rules, now);
    if (queued !== undefined) waiting.set(giveUp, now + queued.maxWaitMs);
  };
  const step = 10;
  for (let came = 0; now < seconds * second; now += step) {
    for (; came < ((now + step) * rate) / second; came += 1) come(came);
    for (const one of isStalled(now) ? [] : inside.splice(0)) {
      one.left -= step;
      if (one.left > 0) inside.push(one);
      else one.slot.leave("answered");
    }
    for (const [giveUp, until] of waiting) if (now >= until) giveUp();
    if (now % 100 === 0) {
      cursor.delayed(lateBy(now));
      cursor.turn();
    }
  }
  return refused;
}

describe("recovery", () => {
  it("nobody is refused five seconds after a target at four fifths of its load has stood for three", () => {
    const [from, to] = [10 * second, 13 * second];
    const refused = play({ rate: 80, isStalled: (at) => at >= from && at < to, seconds: 90 });
    expect(refused.length).toBeGreaterThan(50);
    expect(Math.min(...refused)).toBeGreaterThan(from);
    expect(Math.max(...refused) - to).toBeLessThan(5 * second);
  });

  it.for([1, 2, 5])("nor a few seconds after the process has stood for %d seconds", (stood) => {
    const refused = play({
      rate: 60,
      lateBy: (at) => (at === 10 * second ? stood * second : 0),
      seconds: 60,
    });
    expect(refused.length).toBeGreaterThan(0);
    expect(Math.max(...refused) - 10 * second).toBeLessThan(5 * second);
  });

  it("comes from a twentieth to all in six calm windows", () => {
    const recovery = createRecovery();
    let share = 0.05;
    let windows = 0;
    for (; share < 1; windows += 1) {
      const window = { from: windows * second, at: (windows + 1) * second };
      share += Math.max(0.01, share * recovery.calm(window, share));
    }
    expect(windows).toBeLessThanOrEqual(6);
  });

  it("takes a leap back that was too much, and waits four times as long for the next, until all has been well", () => {
    const recovery = createRecovery();
    let now = 0;
    /** After how many windows comes the first leap? */
    const leapAfter = (): number => {
      for (let windows = 1; windows < 100; windows += 1) {
        now += second;
        if (recovery.calm({ from: now - second, at: now }, 7) > 0) return windows;
      }
      return 100;
    };
    expect(leapAfter()).toBe(2);
    expect(recovery.busy()).toBe(7);
    expect(leapAfter()).toBe(8);
    recovery.unsure();
    expect(recovery.busy()).toBeUndefined();
    expect(leapAfter()).toBe(8);
    for (let count = 0; count < 8; count += 1) {
      expect(recovery.busy()).toBe(7);
      leapAfter();
    }
    recovery.busy();
    expect(leapAfter()).toBe(32);
    recovery.open(now);
    recovery.open(now + 10_000);
    recovery.busy();
    expect(leapAfter()).toBe(2);
  });
});
