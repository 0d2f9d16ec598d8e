import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSeededRandom, createVirtualTime } from "../../platform/memory/index.ts";
import { createBudget } from "./budget.ts";
import { createCoolDowns } from "./cool-downs.ts";
import { rulesFrom } from "./rules.ts";
import { resilienceSettings } from "./settings.ts";
import { createRetries } from "./stage.ts";

const target = { provider: "openai", model: "gpt-5" };
const sibling = { provider: "openai", model: "gpt-5-mini" };
const limited = { code: "upstream_rate_limited" };

function retries(budget = 0.2, accounts: Readonly<Record<string, string>> = { openai: "a" }) {
  const time = createVirtualTime();
  const made = createRetries({
    clock: time.clock,
    random: createSeededRandom(3),
    budget: () => budget,
    onCooled: () => undefined,
    accountOf: (provider) => accounts[provider],
  });
  return { time, ...made };
}

describe("cool-downs", () => {
  it("E10: of any facts about one scope the latest moment counts, in whatever order they come", () => {
    const facts = fc.array(fc.record({ until: fc.integer({ min: 1, max: 1e6 }) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(facts, (list) => {
        const downs = createCoolDowns();
        for (const { until } of list) downs.set({ scope: "a", until, reason: "rate-limit" }, 0);
        expect(downs.find("a", 0)?.until).toBe(Math.max(...list.map(({ until }) => until)));
      }),
    );
  });

  it("last as long as told, and a tenth more at most", () => {
    const { time, coolsFor, failed } = retries();
    failed(target, { ...limited, retryAfterMs: 2000 });
    expect(coolsFor(target)).toBeGreaterThanOrEqual(2000);
    expect(coolsFor(target)).toBeLessThanOrEqual(2200);
    expect(coolsFor(sibling)).toBe(0);
    time.advance(2200);
    expect(coolsFor(target)).toBe(0);
  });

  it("grow from a second to a minute where no moment is told, and begin anew after an answer", () => {
    const { time, coolsFor, failed, answered } = retries();
    const spans = Array.from({ length: 8 }, () => {
      failed(target, limited);
      const span = coolsFor(target);
      time.advance(span);
      return Math.round(span / 1000);
    });
    for (const [index, told] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      expect(spans[index]).toBeGreaterThanOrEqual(told);
      expect(spans[index]).toBeLessThanOrEqual(Math.ceil(told * 1.1));
    }
    answered(target, new Map(), 10);
    failed(target, limited);
    expect(coolsFor(target)).toBeLessThan(1101);
  });

  it("E5: a used-up quota blocks the credential, and is asked after all others instead of later", () => {
    const { coolsFor, waitsFor, failed, forgetBlocked } = retries();
    failed(target, { code: "upstream_quota_exhausted" });
    expect(coolsFor(sibling)).toBeGreaterThanOrEqual(3_600_000);
    expect(waitsFor(sibling)).toBe(0);
    forgetBlocked();
    expect(coolsFor(sibling)).toBe(0);
  });

  it("come before the refusal when an answer says that nothing is left", () => {
    const { coolsFor, answered } = retries();
    answered(
      target,
      new Map([
        ["x-ratelimit-remaining-requests", "0"],
        ["x-ratelimit-reset-requests", "1.5s"],
      ]),
      10,
    );
    expect(coolsFor(target)).toBeGreaterThanOrEqual(1500);
  });

  it("are shown with their moment, and can be ended by hand", () => {
    const { time, coolDowns, endCoolDown, failed, coolsFor } = retries();
    failed(target, { ...limited, retryAfterMs: 5000 });
    const [fact] = coolDowns();
    expect(fact).toMatchObject({ scope: "openai/gpt-5", reason: "rate-limit" });
    expect(fact?.until).toBeGreaterThanOrEqual(time.clock.now() + 5000);
    expect([endCoolDown("openai/gpt-5"), endCoolDown("openai/gpt-5")]).toEqual([true, false]);
    expect(coolsFor(target)).toBe(0);
  });
});

describe("first limits over a restart", () => {
  const hour = 3_600_000;
  /** What a process leaves behind after an hour, at half past. */
  function left(calls = 600): unknown {
    const first = retries();
    first.time.advance(hour / 2);
    for (let call = 0; call < calls; call += 1) first.firstCame(target, 100, 4000);
    for (let call = 0; call < 20; call += 1) first.firstCame(sibling, 100, 4000);
    first.time.advance(hour / 2);
    return structuredClone(first.keptFirsts());
  }
  const after = (ms: number, accounts?: Readonly<Record<string, string>>) => {
    const next = retries(0.2, accounts);
    next.time.advance(ms);
    return next;
  };

  it("are known at once, and learned on from there", () => {
    const next = after(2 * hour);
    expect(next.restoreFirsts(left())).toBe(true);
    expect(next.firstLimits()).toMatchObject([{ target: "openai/gpt-5", bytesFrom: 0, bytesBelow: 4096 }]);
    const before = next.firstLimitMs(target, 100) ?? 0;
    expect(before).toBeGreaterThan(9000);
    for (let call = 0; call < 100; call += 1) next.firstCame(target, 100, 40_000);
    expect(next.firstLimitMs(target, 100)).toBeGreaterThan(5 * before);
  });

  it("are of the same day all the same, however often it is started anew", () => {
    let stored = left();
    for (const at of [8, 16, 23]) {
      const next = after(at * hour);
      next.restoreFirsts(stored);
      expect(next.firstLimitMs(target, 100)).toBeDefined();
      stored = structuredClone(next.keptFirsts());
    }
    const next = after(24 * hour);
    next.restoreFirsts(stored);
    expect(next.firstLimitMs(target, 100)).toBeUndefined();
    expect(next.keptFirsts()).toBeUndefined();
  });

  it("are nobody's where the account is another, and too few are not stored", () => {
    const next = after(2 * hour, { openai: "b" });
    expect(next.restoreFirsts(left())).toBe(true);
    expect(next.firstLimits()).toEqual([]);
    expect(left(499)).toBeUndefined();
  });

  it.each([
    ["none of ours", { version: 2 }],
    ["of a class that there is not", { version: 1, firsts: [{ ...kept(), size: 5 }] }],
    ["of fewer calls than none", { version: 1, firsts: [{ ...kept(), counts: [[3, -1]] }] }],
  ])("are learned anew where what was stored is %s", (_, stored) => {
    expect(retries().restoreFirsts({ version: 1, firsts: [kept()] })).toBe(true);
    expect(retries().restoreFirsts(stored)).toBe(false);
  });

  function kept() {
    return { target: "openai/gpt-5", account: "a", size: 0, generation: 1, counts: [[3, 1]] };
  }
});

describe("cool-downs over a restart", () => {
  /** What a process leaves behind that was told to wait for a minute, and of a used-up quota. */
  function left(): unknown {
    const first = retries();
    first.failed(target, { ...limited, retryAfterMs: 60_000 });
    first.failed(sibling, { code: "upstream_quota_exhausted" });
    return first.kept();
  }

  it("last as long as they would have", () => {
    const second = retries();
    second.time.advance(20_000);
    expect(second.restore(left())).toBe(true);
    expect(second.waitsFor(target)).toBeGreaterThanOrEqual(40_000);
    expect(second.waitsFor(target)).toBeLessThanOrEqual(46_000);
    expect(second.coolsFor(sibling)).toBeGreaterThan(3_500_000);
    second.time.advance(46_000);
    expect(second.waitsFor(target)).toBe(0);
  });

  it("the later of two moments counts, in whatever order they are learned", () => {
    const second = retries();
    second.failed(target, { ...limited, retryAfterMs: 300_000 });
    second.restore(left());
    expect(second.waitsFor(target)).toBeGreaterThanOrEqual(300_000);
    const third = retries();
    third.failed(target, { ...limited, retryAfterMs: 1000 });
    third.restore(left());
    expect(third.waitsFor(target)).toBeGreaterThanOrEqual(60_000);
  });

  it.each([
    ["a provider that is no longer configured", {}],
    ["another account of the provider", { openai: "b" }],
  ])("what was told of %s is dropped", (_, accounts) => {
    const second = retries(0.2, accounts);
    expect(second.restore(left())).toBe(true);
    expect(second.coolDowns()).toEqual([]);
    // And is overwritten.
    expect(second.kept()).toEqual({ version: 1, coolDowns: [] });
  });

  it("what is over, or was ended by hand, is not there again", () => {
    const second = retries();
    second.time.advance(86_400_000);
    second.restore(left());
    expect(second.coolDowns()).toEqual([]);
    const first = retries();
    first.failed(target, { ...limited, retryAfterMs: 60_000 });
    expect(first.kept()?.coolDowns).toHaveLength(1);
    first.endCoolDown("openai/gpt-5");
    expect(first.kept()?.coolDowns).toEqual([]);
  });

  it("lasts no longer than it could have, however the wall clock was set", () => {
    const second = retries();
    const until = second.time.clock.now() + 1e10;
    const fact = { scope: "openai", account: "a", until, reason: "quota" };
    second.restore({ version: 1, coolDowns: [fact] });
    expect(second.coolsFor(target)).toBeLessThanOrEqual(86_400_000 * 1.1);
  });

  it.each([
    ["another version", { version: 2, coolDowns: [] }],
    [
      "an unknown reason",
      { version: 1, coolDowns: [{ scope: "openai", account: "a", until: 9e15, reason: "?" }] },
    ],
    ["no state at all", [1]],
  ])("%s is ignored", (_, stored) => {
    const second = retries();
    expect(second.restore(stored)).toBe(false);
    expect(second.coolDowns()).toEqual([]);
  });

  it("nothing is stored before there was anything", () => {
    expect(retries().kept()).toBeUndefined();
  });
});

describe("the budget", () => {
  it("E6: at 100 % failures a target is asked at most 1.2 times per request, the fixed three aside", () => {
    const budget = createBudget();
    let calls = 0;
    let now = 0;
    for (let request = 0; request < 5000; request += 1) {
      now += 2;
      budget.begun("a", now);
      calls += 1;
      if (budget.take("a", "again", 0.2, now)) calls += 1;
    }
    expect(calls).toBeLessThanOrEqual(5000 * 1.2 + 3);
    expect(calls).toBeGreaterThan(5000 * 1.15);
  });

  it("has a few tries for who is seldom asked, and forgets after ten seconds", () => {
    const budget = createBudget();
    budget.begun("a", 0);
    const tries = (now: number): number =>
      Array.from({ length: 9 }, () => budget.take("a", "again", 0.2, now)).filter(Boolean).length;
    expect([tries(0), tries(9000), tries(11_000)]).toEqual([3, 0, 3]);
  });

  it("lets every request go over to another target once, and few of them further", () => {
    const budget = createBudget();
    const taken = { over: 0, further: 0 };
    for (let request = 0; request < 1000; request += 1) {
      budget.begun("a", request);
      for (const kind of ["over", "further"] as const)
        if (budget.take("b", kind, 0.2, request)) taken[kind] += 1;
    }
    expect(taken.over).toBe(1000);
    expect(taken.further).toBeLessThanOrEqual(210);
  });
});

it("waits between two tries by full jitter, at most four seconds", () => {
  const { backoffMs } = retries();
  for (const [tries, most] of [
    [1, 250],
    [2, 500],
    [9, 4000],
  ] as const) {
    const waits = Array.from({ length: 200 }, () => backoffMs(tries));
    expect(Math.max(...waits)).toBeLessThanOrEqual(most);
    expect(Math.max(...waits)).toBeGreaterThan(most * 0.9);
    expect(Math.min(...waits)).toBeLessThan(most * 0.1);
  }
});

it("a model's own rules stand over those of all, value by value", () => {
  const rulesOf = rulesFrom(
    resilienceSettings.parse({
      retry: { total: 4 },
      models: { chat: { retry: { perTarget: 1 }, timeouts: { firstMs: 5000 }, recovery: ["continue"] } },
    }),
  );
  expect(rulesOf("chat")).toMatchObject({
    retry: { perTarget: 1, total: 4, budget: 0.2 },
    timeouts: { firstMs: 5000, idleMs: 30_000 },
    recovery: ["continue"],
  });
  expect(rulesOf("other")).toMatchObject({ retry: { perTarget: 2, total: 4 }, recovery: [] });
});
