import { describe, expect, it } from "vitest";
import { createQualityGuard, type KeptGuard } from "./quality-guard.ts";

const hour = 3_600_000;
const rules = { tolerance: 0.02 };

function guardAt(from?: KeptGuard) {
  const clock = { now: 1000 * hour };
  return { clock, guard: createQualityGuard(() => clock.now, from) };
}

/** Pairs until it is guarded; at most 5,000. */
function pairsUntilGuarded(guard: ReturnType<typeof createQualityGuard>, difference: number): number {
  for (let pair = 1; pair <= 5000; pair += 1) if (guard.note(difference, rules)) return pair;
  return Number.POSITIVE_INFINITY;
}

describe("the guard of a pool", () => {
  it("is told once that the pool is worse than it may be, and holds it for a day", () => {
    const { clock, guard } = guardAt();
    expect(pairsUntilGuarded(guard, -0.2)).toBeLessThan(300);
    expect(guard.isGuarded()).toBe(true);
    expect(guard.note(-1, rules)).toBe(false);
    clock.now += 24 * hour - 1;
    expect(guard.isGuarded()).toBe(true);
    clock.now += 1;
    expect(guard.isGuarded()).toBe(false);
    expect(guard.state()).toMatchObject({ phase: "active", pairs: 0, upper: 1 });
  });

  it("says nothing of a pool that is as good", () => {
    const { guard } = guardAt();
    expect(pairsUntilGuarded(guard, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("allows what may be lost", () => {
    const { guard } = guardAt();
    expect(pairsUntilGuarded(guard, -0.015)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(["active", "guarded"] as const)("is set by an operator: %s", (phase) => {
    const { guard } = guardAt();
    if (phase === "active") pairsUntilGuarded(guard, -1);
    guard.set(phase);
    expect(guard.isGuarded()).toBe(phase === "guarded");
  });

  it("compares anew each week", () => {
    const { clock, guard } = guardAt();
    for (let pair = 0; pair < 10; pair += 1) guard.note(-1, { tolerance: 1 });
    clock.now += 7 * 24 * hour - 1;
    expect(guard.state().pairs).toBe(10);
    clock.now += 1;
    expect(guard.state()).toMatchObject({ pairs: 0, begunAt: clock.now });
  });

  it("compares a revised pool anew, and goes on with one that is as it was", () => {
    const { guard } = guardAt();
    guard.revised("one");
    pairsUntilGuarded(guard, -1);
    guard.revised("one");
    expect(guard.isGuarded()).toBe(true);
    guard.revised("two");
    expect(guard.state()).toMatchObject({ phase: "active", pairs: 0 });
  });

  it("goes on from what was kept", () => {
    const first = guardAt();
    first.guard.revised("one");
    for (let pair = 0; pair < 50; pair += 1) first.guard.note(-0.1, rules);
    const second = guardAt(first.guard.kept());
    second.guard.revised("one");
    expect(second.guard.state()).toEqual(first.guard.state());
    const more = pairsUntilGuarded(first.guard, -0.1);
    expect(pairsUntilGuarded(second.guard, -0.1)).toBe(more);
  });
});
