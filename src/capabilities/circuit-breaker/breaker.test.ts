import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit } from "./admit.ts";
import {
  type Breaker,
  createBreaker,
  isAvailable,
  type Moment,
  type Permit,
  type Rules,
  setMode,
} from "./breaker.ts";
import { broke, dropped, failed, succeeded } from "./record.ts";

const adaptive: Rules = {
  kind: "adaptive",
  enforce: true,
  callsMin: 10,
  failureShareMin: 0.4,
  consecutiveFailures: 5,
  openMs: 5000,
  openMsMax: 15_000,
  slowFactor: 3,
};
const classic: Rules = {
  kind: "classic",
  enforce: true,
  failureThreshold: 5,
  openMs: 60_000,
  halfOpenRequests: 3,
};

/** A breaker in virtual time; `random` is always a half, so an open one stays so for just `openMs`. */
function bench({ rules = adaptive, hasOther = true, random = 0.5 } = {}) {
  let now = 1_000_000;
  let others = hasOther;
  const breaker = createBreaker(now);
  const moment = (): Moment => ({ rules, now, hasOther: () => others, random: () => random });
  const ask = (): Permit | undefined => {
    const admission = admit(breaker, moment());
    return admission.kind === "permitted" ? admission.permit : undefined;
  };
  const call = (isGood: boolean, ms?: number): boolean => {
    const permit = ask();
    if (permit === undefined) return false;
    if (isGood)
      succeeded(
        breaker,
        permit,
        ms === undefined ? undefined : { of: "first", ms, slowFloorMs: 500 },
        moment(),
      );
    else failed(breaker, permit, undefined, moment());
    return true;
  };
  return {
    breaker,
    ask,
    call,
    calls: (count: number, isGood: boolean) => {
      for (let at = 0; at < count; at += 1) call(isGood);
    },
    fail: (permit: Permit, retryAfterMs?: number) => failed(breaker, permit, retryAfterMs, moment()),
    succeed: (permit: Permit) => succeeded(breaker, permit, undefined, moment()),
    drop: (permit: Permit) => dropped(breaker, permit),
    break: (permit: Permit) => broke(breaker, permit, moment()),
    pass: (ms: number) => {
      now += ms;
    },
    force: (mode: Parameters<typeof setMode>[1]) => setMode(breaker, mode, now),
    isAvailable: () => isAvailable(breaker, rules, now),
    leaveAlone: (isLast: boolean) => {
      others = !isLast;
    },
    now: () => now,
  };
}

type Bench = ReturnType<typeof bench>;
const opened = (options?: Parameters<typeof bench>[0]): Bench => {
  const made = bench(options);
  made.calls(10, false);
  expect(made.breaker.phase).toBe("open");
  return made;
};

describe("a closed breaker", () => {
  it.each([
    [8, 10],
    [13, 20],
    [50, 100],
  ])("opens at %i failures of %i, one fewer does not", (failures, calls) => {
    const fewer = bench();
    fewer.calls(calls - failures + 1, true);
    // Alternating, so that none are in a row.
    for (let at = 0; at < failures - 1; at += 1) fewer.call(false);
    expect(fewer.breaker.phase).toBe("closed");
    const enough = bench();
    enough.calls(calls - failures, true);
    enough.calls(failures, false);
    expect(enough.breaker).toMatchObject({ phase: "open", reason: "failures" });
  });

  it("opens after five failures in a row only when they span a second", () => {
    const quick = bench();
    quick.calls(5, false);
    expect(quick.breaker.phase).toBe("closed");
    const spread = bench();
    for (let at = 0; at < 5; at += 1) {
      spread.call(false);
      if (at < 4) spread.pass(250);
    }
    expect(spread.breaker).toMatchObject({ phase: "open", reason: "consecutive" });
  });

  it("E2: after an idle hour one failure leaves it closed", () => {
    const made = bench();
    made.calls(9, false);
    made.pass(3_600_000);
    made.call(false);
    expect(made.breaker).toMatchObject({ phase: "closed", run: 1 });
  });

  it("an hour of four failures, one a quarter of an hour, is no run", () => {
    const made = bench();
    for (let at = 0; at < 6; at += 1) {
      made.call(false);
      made.pass(900_000);
    }
    expect(made.breaker.phase).toBe("closed");
  });

  it("counts streams that begin well and always break off", () => {
    const made = bench();
    for (let at = 0; at < 10 && made.breaker.phase === "closed"; at += 1) {
      const permit = made.ask();
      if (permit === undefined) break;
      made.succeed(permit);
      made.pass(300);
      made.break(permit);
    }
    expect(made.breaker).toMatchObject({ phase: "open", reason: "consecutive" });
  });

  it("opens when all have become slow, by what was usual before", () => {
    const made = bench();
    for (let at = 0; at < 400; at += 1) {
      made.call(true, 300);
      made.pass(1000);
    }
    for (let at = 0; at < 40 && made.breaker.phase === "closed"; at += 1) {
      made.call(true, 4000);
      made.pass(100);
    }
    expect(made.breaker).toMatchObject({ phase: "open", reason: "slow" });
  });

  it("calls nothing slow before it knows what is usual, nor below the floor", () => {
    const cold = bench();
    for (let at = 0; at < 50; at += 1) cold.call(true, 60_000);
    expect(cold.breaker.phase).toBe("closed");
    const quick = bench();
    for (let at = 0; at < 400; at += 1) {
      quick.call(true, 2);
      quick.pass(1000);
    }
    for (let at = 0; at < 50; at += 1) quick.call(true, 499);
    expect(quick.breaker.phase).toBe("closed");
  });
});

describe("an open breaker", () => {
  it("refuses at once until its time is over, then takes one probe, and nobody waits for it", () => {
    const made = opened();
    made.pass(4999);
    expect(made.ask()).toBeUndefined();
    made.pass(1);
    const probe = made.ask();
    expect(probe).toMatchObject({ kind: "probe" });
    expect(made.ask()).toBeUndefined();
    expect(made.breaker.phase).toBe("half_open");
  });

  it("stays open longer each time, up to its bound, and forgets that after five calm minutes", () => {
    const made = opened();
    const spans: number[] = [];
    for (let at = 0; at < 4; at += 1) {
      spans.push(made.breaker.until - made.now());
      made.pass(spans.at(-1) ?? 0);
      made.call(false);
    }
    expect(spans).toEqual([5000, 10_000, 15_000, 15_000]);
    made.pass(15_000);
    // So little traffic that two successes are proof enough.
    made.calls(2, true);
    expect(made.breaker.phase).toBe("closed");
    made.pass(300_000);
    made.calls(10, false);
    expect(made.breaker.until - made.now()).toBe(5000);
  });

  it("takes the target's own word for when to come back, up to five minutes", () => {
    const made = bench();
    made.calls(9, false);
    const permit = made.ask();
    expect(permit).toBeDefined();
    if (permit !== undefined) made.fail(permit, 3_600_000);
    expect(made.breaker.until - made.now()).toBe(300_000);
  });

  it("gives the place of a probe back that said nothing", () => {
    const made = opened();
    made.pass(5000);
    const probe = made.ask();
    if (probe !== undefined) made.drop(probe);
    expect(made.ask()).toMatchObject({ kind: "probe" });
  });
});

/** Ten requests a second that all succeed, until it is closed; at most a minute. */
function heal(made: Bench): number {
  const from = made.now();
  while (made.breaker.phase !== "closed" && made.now() - from < 60_000) {
    made.call(true);
    made.pass(100);
  }
  return made.now() - from;
}

describe("a breaker that heals", () => {
  it("takes all the traffic within thirty seconds at the worst, whatever the rate", () => {
    for (const rate of [1, 2, 3, 10, 100, 500]) {
      const made = opened({ random: 0.999 });
      // Failing probes until it stays open for the longest time.
      for (let at = 0; at < 4; at += 1) {
        made.pass(made.breaker.until - made.now());
        made.call(false);
      }
      const healedAt = made.now();
      let refusedLast = 0;
      for (let at = 0; at < 60 * rate && made.breaker.phase !== "closed"; at += 1) {
        if (!made.call(true)) refusedLast = made.now();
        made.pass(1000 / rate);
      }
      expect(made.breaker.phase).toBe("closed");
      expect(refusedLast - healedAt).toBeLessThan(30_000);
    }
  });

  it("goes through all levels, each two seconds long at least", () => {
    const made = opened();
    for (let at = 0; at < 500; at += 1) {
      expect(made.call(true)).toBe(false);
      made.pass(10);
    }
    const shares: number[] = [];
    const from = made.now();
    for (let second = 0; second < 9 && made.breaker.phase !== "closed"; second += 1) {
      let taken = 0;
      for (let at = 0; at < 100; at += 1) {
        if (made.call(true)) taken += 1;
        made.pass(10);
      }
      shares.push(taken / 100);
    }
    expect(made.now() - from).toBeGreaterThanOrEqual(8000);
    expect(shares[0]).toBeLessThan(0.25);
    expect(shares[3]).toBeCloseTo(0.25, 1);
    expect(shares[5]).toBeCloseTo(0.5, 1);
    expect(made.breaker.phase).toBe("closed");
  });

  it("relapses on two failures in a row, not on one, nor on three in a hundred at full traffic", () => {
    const twice = opened();
    twice.pass(5000);
    twice.call(true);
    twice.pass(1000);
    twice.calls(20, false);
    expect(twice.breaker).toMatchObject({ phase: "open", reason: "relapse", relapses: 1 });
    const rarely = opened();
    for (let at = 0; at < 2500; at += 1) {
      rarely.call(at % 33 !== 32);
      rarely.pass(10);
    }
    expect(rarely.breaker).toMatchObject({ phase: "closed", relapses: 0 });
  });

  it("is not closed again by what is left of the outage in its window", () => {
    const made = opened();
    made.pass(5000);
    made.calls(2, true);
    made.pass(1000);
    heal(made);
    made.call(false);
    expect(made.breaker.phase).toBe("closed");
  });
});

describe("the last target", () => {
  it("never opens: it is degraded and refuses by the share that fails", () => {
    const refusing = bench({ hasOther: false, random: 0.5 });
    refusing.calls(30, false);
    expect(refusing.breaker.phase).toBe("degraded");
    expect(refusing.ask()).toBeUndefined();
    const lucky = bench({ hasOther: false, random: 0.95 });
    lucky.calls(30, false);
    expect(lucky.ask()).toBeDefined();
  });

  it("is well again when the share that fails has fallen, and refuses nobody then", () => {
    const made = bench({ hasOther: false, random: 0.95 });
    made.calls(20, false);
    expect(made.breaker.phase).toBe("degraded");
    for (let at = 0; at < 200; at += 1) {
      made.call(true);
      made.pass(100);
    }
    expect(made.breaker.phase).toBe("closed");
  });

  it("opens once somebody else can answer and it still fails", () => {
    const made = bench({ hasOther: false, random: 0.95 });
    made.calls(20, false);
    made.leaveAlone(false);
    made.calls(1, false);
    expect(made.breaker.phase).toBe("open");
  });

  it("takes a request that only it can serve even while it is open", () => {
    const made = opened({ random: 0.95 });
    made.leaveAlone(true);
    expect(made.ask()).toMatchObject({ kind: "plain" });
  });
});

describe("the textbook breaker", () => {
  it("opens after its failures in a row, though nobody else can answer, and closes after its probes", () => {
    const made = bench({ rules: classic, hasOther: false });
    made.calls(4, false);
    made.call(true);
    made.calls(4, false);
    expect(made.breaker.phase).toBe("closed");
    made.call(false);
    expect(made.breaker.phase).toBe("open");
    made.pass(59_999);
    expect(made.ask()).toBeUndefined();
    made.pass(1);
    const probes = [made.ask(), made.ask(), made.ask()].filter((permit) => permit !== undefined);
    expect(probes).toHaveLength(3);
    expect(made.ask()).toBeUndefined();
    for (const probe of probes) made.succeed(probe);
    expect(made.breaker.phase).toBe("closed");
  });
});

describe("an operator's word", () => {
  it("counts more than evidence, and `auto` begins anew", () => {
    const made = opened();
    made.force("forced_closed");
    expect(made.call(false)).toBe(true);
    expect(made.isAvailable()).toBe(true);
    made.force("forced_open");
    made.leaveAlone(true);
    expect(made.ask()).toBeUndefined();
    expect(made.isAvailable()).toBe(false);
    made.force("metrics_only");
    expect(made.ask()).toBeDefined();
    made.force("auto");
    expect(made.breaker).toMatchObject({ phase: "closed", run: 0, relapses: 0 });
  });
});

describe("E1: the machine", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("ask" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom("good" as const, "bad" as const, "drop" as const) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("broke" as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("others" as const), are: fc.boolean() }) },
  );
  /** What the table of the specification allows. */
  const allowed: Record<Breaker["phase"], readonly Breaker["phase"][]> = {
    closed: ["open", "degraded"],
    open: ["half_open"],
    half_open: ["ramp", "open", "closed"],
    ramp: ["open", "closed"],
    degraded: ["closed", "open"],
  };

  it.each([
    ["adaptive", adaptive],
    ["classic", classic],
  ] as const)(
    "of the %s rules takes only the steps of its table, and never runs out of probes",
    (_name, rules) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
          const made = bench({ rules });
          const flying: Permit[] = [];
          const over: Permit[] = [];
          for (const wanted of steps) {
            const { phase, epoch } = made.breaker;
            act(made, wanted, { flying, over });
            const { breaker } = made;
            if (breaker.epoch !== epoch) {
              // Time alone may half-open it within the same step that then decides.
              const from = phase === "open" && breaker.epoch - epoch > 1 ? "half_open" : phase;
              expect(allowed[from]).toContain(breaker.phase);
            } else expect(breaker.phase).toBe(phase);
            const probesFlying = flying.filter(
              (permit) => permit.kind === "probe" && permit.epoch === breaker.epoch,
            ).length;
            expect(breaker.probes).toBe(probesFlying);
            expect(breaker.until - made.now()).toBeLessThanOrEqual(
              rules.kind === "classic" ? 60_000 : 18_000,
            );
          }
          // Whatever has happened, a target that is well is taken back.
          for (const permit of flying) made.drop(permit);
          for (let at = 0; at < 1200; at += 1) {
            made.call(true);
            made.pass(100);
          }
          expect(made.breaker.phase).toBe("closed");
        }),
        { numRuns: 300 },
      );
    },
  );
});

type Step =
  | { readonly kind: "ask" | "good" | "bad" | "drop" | "broke" }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "others"; readonly are: boolean };

function act(made: Bench, step: Step, { flying, over }: { flying: Permit[]; over: Permit[] }): void {
  if (step.kind === "pass") made.pass(step.ms);
  else if (step.kind === "others") made.leaveAlone(!step.are);
  else if (step.kind === "ask") {
    const permit = made.ask();
    if (permit !== undefined) flying.push(permit);
  } else if (step.kind === "broke") {
    const permit = over.pop();
    if (permit !== undefined) made.break(permit);
  } else {
    const permit = flying.shift();
    if (permit === undefined) return;
    if (step.kind === "good") {
      made.succeed(permit);
      over.push(permit);
    } else if (step.kind === "bad") made.fail(permit);
    else made.drop(permit);
  }
}
