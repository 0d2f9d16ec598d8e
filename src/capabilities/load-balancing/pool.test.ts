import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { names, shares, type TestPool, testPool } from "./pool.test-support.ts";

const alike = (count: number) => names(count).map((name) => ({ name }));
const [one = "", two = "", three = "", four = ""] = names(4);
const others = (name: string, count: number) => names(count).filter((other) => other !== name);

function fail(made: TestPool, name: string, times: number): void {
  for (let index = 0; index < times; index += 1)
    made.place({ avoid: others(name, made.pool.members.length) }).failed();
}
function succeed(made: TestPool, name: string, times: number, seconds = 1): void {
  for (let index = 0; index < times; index += 1) {
    const served = made.place({ avoid: others(name, made.pool.members.length) });
    made.time.now += seconds;
    served.succeeded({ work: 100 });
  }
}
const statesOf = (made: TestPool) =>
  made.pool.members.filter(({ ejectedUntil }) => made.time.now < ejectedUntil).map(({ name }) => name);

describe("a pool ejects", () => {
  it("after five gateway errors in a row, for 30 s, then 60, and takes back with slow start", () => {
    const made = testPool("round-robin", alike(4));
    fail(made, one, 4);
    succeed(made, one, 1);
    fail(made, one, 4);
    expect(statesOf(made)).toEqual([]);
    fail(made, one, 1);
    expect(statesOf(made)).toEqual([one]);
    expect(made.changes).toEqual([{ endpoint: one, to: "ejected", reason: "errors" }]);
    expect(shares(made, 30).get(one)).toBeUndefined();
    made.time.now += 30;
    expect(shares(made, 40).get(one)).toBe(10);
    expect(made.changes.at(-1)).toEqual({ endpoint: one, to: "returned" });
    // One at a time at first, two after a success.
    const first = made.place({ avoid: others(one, 4) });
    expect(first.member.name).toBe(one);
    const during = Array.from({ length: 8 }, () => made.place());
    expect(during.some(({ member }) => member.name === one)).toBe(false);
    first.succeeded({ work: 100 });
    const after = Array.from({ length: 20 }, () => made.place());
    expect(after.filter(({ member }) => member.name === one)).toHaveLength(2);
    for (const served of [...during, ...after]) served.left();
    fail(made, one, 5);
    made.time.now += 59;
    expect(statesOf(made)).toEqual([one]);
    made.time.now += 1;
    expect(statesOf(made)).toEqual([]);
  });

  it("forgets earlier ejections of who was in for five minutes", () => {
    const made = testPool("round-robin", alike(3));
    fail(made, one, 5);
    made.time.now += 30;
    shares(made, 1);
    made.time.now += 301;
    fail(made, one, 5);
    expect(made.member(one).ejectedUntil).toBe(made.time.now + 30);
  });

  it("whose share of success is 1.9 deviations below the mean, by a window of ten seconds", () => {
    const made = testPool("round-robin", alike(6));
    const play = (failures: number): void => {
      for (const name of names(6))
        for (let index = 0; index < 100; index += 1) {
          const served = made.place({ avoid: others(name, 6) });
          if (name === two && index % 3 === 0 && index / 3 < failures) served.failed();
          else served.succeeded({ work: 100 });
        }
    };
    play(4);
    made.time.now = 10;
    made.place().left();
    expect(statesOf(made)).toEqual([]);
    play(30);
    made.time.now = 20;
    made.place().left();
    expect(statesOf(made)).toEqual([two]);
    expect(made.changes).toEqual([{ endpoint: two, to: "ejected", reason: "success-rate" }]);
  });

  it("compares nobody by a window that ended long ago", () => {
    const made = testPool("round-robin", alike(6));
    for (const name of names(6))
      for (let index = 0; index < 100; index += 1) {
        const served = made.place({ avoid: others(name, 6) });
        if (name === two && index % 3 === 0) served.failed();
        else served.succeeded({ work: 100 });
      }
    made.time.now = 45;
    made.place().left();
    expect(statesOf(made)).toEqual([]);
  });

  it("who takes three times as long as predicted while the others do not", () => {
    const made = testPool("round-robin", alike(3));
    /** Twenty calls at once at each, which end after so many seconds. */
    const play = (secondsAt: (name: string) => number): void => {
      const open = names(3).flatMap((name) =>
        Array.from({ length: 20 }, () => made.place({ avoid: others(name, 3) })),
      );
      const begun = made.time.now;
      for (const served of open.toSorted((a, b) => secondsAt(a.member.name) - secondsAt(b.member.name))) {
        made.time.now = begun + secondsAt(served.member.name);
        served.succeeded({ work: 100 });
      }
    };
    for (let round = 0; round < 3; round += 1) play(() => 11);
    expect(made.changes).toEqual([]);
    play((name) => (name === three ? 60 : 11));
    play(() => 11);
    expect(made.changes).toEqual([{ endpoint: three, to: "ejected", reason: "slow" }]);
  });

  it("nobody of two, never more than half, never the last", () => {
    const pair = testPool("round-robin", alike(2));
    fail(pair, one, 20);
    expect(statesOf(pair)).toEqual([]);
    const made = testPool("round-robin", alike(5));
    for (const name of names(5)) fail(made, name, 6);
    expect(statesOf(made)).toEqual([one, two]);
  });

  it("not the last that is well, when the checks have found all others sick", () => {
    const made = testPool("round-robin", alike(4));
    for (const name of [two, three, four]) made.pool.found(made.member(name), false);
    fail(made, one, 20);
    expect(statesOf(made)).toEqual([]);
  });

  it("and forgets how slow the ejected one was: it is tried as the best of the others would be", () => {
    const made = testPool("predicted", alike(3));
    for (let round = 0; round < 40; round += 1)
      for (const name of names(3)) succeed(made, name, 1, name === one ? 30 : 1);
    expect(shares(made, 100).get(one) ?? 0).toBeLessThan(10);
    fail(made, one, 5);
    made.time.now += 61;
    shares(made, 1);
    succeed(made, two, 8);
    succeed(made, three, 8);
    expect(shares(made, 300).get(one) ?? 0).toBeGreaterThan(50);
  });

  it("by no order of ends more than half, or the last that is well", () => {
    const step = fc.record({ at: fc.nat(7), good: fc.boolean(), sick: fc.boolean(), gap: fc.nat(40) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 300 }), (count, steps) => {
        const made = testPool("least-request", alike(count));
        for (const { at, good, sick, gap } of steps) {
          const name = names(count)[at % count] ?? "";
          made.time.now += gap / 10;
          if (sick) made.pool.found(made.member(name), good);
          else if (good) succeed(made, name, 1, 0);
          else fail(made, name, 3);
          const out = made.changes.filter(({ to }) => to === "ejected");
          expect(statesOf(made).length).toBeLessThanOrEqual(count / 2);
          if (count < 3) expect(out).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a pool places", () => {
  it("a call that has failed elsewhere at another address, as long as there is one", () => {
    const made = testPool("predicted", alike(3));
    for (let index = 0; index < 50; index += 1)
      expect(made.place({ avoid: [one, three] }).member.name).toBe(two);
    expect(made.place({ avoid: names(3) }).member.name).not.toBe("");
  });

  it("rather at a place that failed this call than at one that is sick", () => {
    const made = testPool("round-robin", alike(2));
    made.pool.found(made.member(two), false);
    expect(made.place({ avoid: [one] }).member.name).toBe(one);
  });

  it("nothing where the weight is 0 or an operator drains, and there again once it is restored", () => {
    const made = testPool("least-request", [{ name: one, weight: 0 }, { name: two }, { name: three }]);
    made.pool.drain(made.member(two));
    expect(shares(made, 50)).toEqual(new Map([[three, 50]]));
    made.pool.restore(made.member(two));
    expect((shares(made, 50).get(two) ?? 0) > 10).toBe(true);
  });

  it("all the same when all are drained: the last is never turned off", () => {
    const made = testPool("round-robin", alike(2));
    for (const member of made.pool.members) made.pool.drain(member);
    expect(made.place().member).toBeDefined();
  });

  it("few at who was idle for a minute, where the balancer looks at load", () => {
    const start = (balance: "least-request" | "round-robin") => {
      const made = testPool(balance, alike(2));
      succeed(made, one, 1);
      made.time.now += 61;
      succeed(made, two, 5);
      return Array.from({ length: 10 }, () => made.place().member.name).filter((name) => name === one).length;
    };
    expect(start("least-request")).toBe(3);
    expect(start("round-robin")).toBe(5);
  });

  it("half of what the busiest has at those that were idle, so that a crowd does not run down the one that was not", () => {
    const made = testPool("predicted", alike(4));
    made.time.now += 61;
    succeed(made, one, 10);
    for (let index = 0; index < 100; index += 1) made.place();
    const loads = made.pool.members.map(({ traffic }) => traffic.inFlight);
    expect(loads[0]).toBeLessThan(45);
    expect(Math.min(...loads)).toBeGreaterThan(15);
  });

  it("as many as ever at who has been at work on one call for minutes", () => {
    const made = testPool("least-request", alike(2));
    made.place({ avoid: [two] });
    succeed(made, two, 1);
    made.time.now += 61;
    succeed(made, two, 5);
    const open = Array.from({ length: 9 }, () => made.place().member.name);
    expect(open.filter((name) => name === one)).toHaveLength(4);
  });

  it("without regard to health once fewer than half are well, and says so once", () => {
    const made = testPool("round-robin", alike(4));
    for (const name of [one, two, three]) made.pool.found(made.member(name), false);
    expect([...shares(made, 40).keys()].toSorted()).toEqual([one, two, three, four].toSorted());
    expect(made.pool.isPanicking()).toBe(true);
    made.pool.found(made.member(one), true);
    shares(made, 1);
    expect(made.pool.isPanicking()).toBe(false);
    expect(made.changes.map(({ to }) => to).filter((to) => to === "panic" || to === "calm")).toEqual([
      "panic",
      "calm",
    ]);
  });
});

describe("a pool tells", () => {
  it("that failures of who is out say nothing of the others, unless half are out", () => {
    const made = testPool("round-robin", alike(4));
    expect(made.pool.speaksForAll(made.member(one))).toBe(true);
    fail(made, one, 5);
    expect(made.pool.speaksForAll(made.member(one))).toBe(false);
    expect(made.pool.speaksForAll(made.member(two))).toBe(true);
    fail(made, two, 5);
    expect(made.pool.speaksForAll(made.member(one))).toBe(true);
  });

  it("an end once, whatever is told afterwards", () => {
    const made = testPool("round-robin", alike(3));
    const served = made.place();
    served.succeeded({ work: 100 });
    for (let index = 0; index < 10; index += 1) served.failed();
    served.left();
    expect(served.member.traffic.inFlight).toBe(0);
    expect(served.member.outcomes.inRow).toBe(0);
  });
});

describe("a member dies, and comes back", () => {
  it("loses a handful of calls, is out, and is given its share again step by step", () => {
    const made = testPool("predicted", alike(8));
    let lost = 0;
    const open: { readonly at: number; readonly end: () => void }[] = [];
    const history: number[] = [];
    const dead = (now: number): boolean => now > 20 && now < 60;
    for (let tick = 0; tick < 1600; tick += 1) {
      made.time.now = tick / 10;
      for (const due of open.splice(0)) {
        if (due.at <= made.time.now) due.end();
        else open.push(due);
      }
      const served = made.place();
      const isDead = served.member.name === one && dead(made.time.now);
      if (isDead) {
        lost += 1;
        served.failed();
        continue;
      }
      if (served.member.name === one) history.push(made.time.now);
      open.push({ at: made.time.now + 2, end: () => served.succeeded({ work: 100 }) });
    }
    expect(lost).toBeLessThan(15);
    expect(made.changes.filter(({ endpoint }) => endpoint !== one)).toEqual([]);
    const rate = (from: number, to: number): number =>
      history.filter((at) => at >= from && at < to).length / (to - from);
    expect(rate(20.1, 60)).toBe(0);
    expect(rate(130, 160)).toBeGreaterThan(0.6 * rate(5, 20));
  });
});
