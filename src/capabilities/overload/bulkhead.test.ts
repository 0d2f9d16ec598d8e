import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, grow, noLimitYet } from "./adaptive-limit.ts";
import { type Asks, type BulkheadRules, createBulkhead, type Shed, type Slot } from "./bulkhead.ts";
import { priorityOf } from "./priority.ts";
import { rulesFrom } from "./rules.ts";
import { overloadSettings } from "./settings.ts";

const person = (keyId: string, tokens = 10): Asks => ({ keyId, priority: "interactive", tokens });
const batch = (keyId: string): Asks => ({ keyId, priority: "batch", tokens: 10 });

function open(rules: Partial<BulkheadRules>) {
  const all: { -readonly [Name in keyof BulkheadRules]: BulkheadRules[Name] } = {
    ...{ concurrency: 2, queueMax: 3, maxWaitMs: 1000 },
    ...rules,
  };
  let now = 0;
  const bulkhead = createBulkhead(
    () => all,
    () => now,
  );
  const told: string[] = [];
  const slots = new Map<string, Slot>();
  return {
    bulkhead,
    rules: all,
    told,
    slots,
    at: (ms: number) => {
      now = ms;
    },
    enter: (asks: Asks) => bulkhead.enter(asks, all),
    queue: (name: string, asks: Asks) =>
      bulkhead.queue(
        {
          asks,
          give: (slot) => {
            told.push(name);
            slots.set(name, slot);
          },
          refuse: (shed: Shed) => told.push(`${name} ${shed}`),
        },
        all,
        now,
      ),
  };
}

describe("a bulkhead", () => {
  it("gives as many slots as there are, and each only once back", () => {
    const { enter, bulkhead } = open({});
    const one = enter(person("a"));
    expect(enter(person("a"))).toBeDefined();
    expect(enter(person("b"))).toBeUndefined();
    one?.leave("answered");
    one?.leave("answered");
    expect(bulkhead.state()).toEqual({ inFlight: 1, queued: 0, limit: 2 });
    expect(enter(person("b"))).toBeDefined();
    expect(enter(person("b"))).toBeUndefined();
  });

  it("says whether there is a slot without taking one: not past those who wait either", () => {
    const { bulkhead, rules, enter, queue } = open({ tokensMax: 100 });
    const hasRoom = (tokens: number): boolean => bulkhead.hasRoom(person("b", tokens), rules);
    enter(person("a", 60));
    expect([hasRoom(40), hasRoom(41), hasRoom(40), bulkhead.state().inFlight]).toEqual([
      true,
      false,
      true,
      1,
    ]);
    queue("large", person("a", 50));
    expect(hasRoom(40)).toBe(false);
  });

  it("counts tokens too; what is larger than all there may be goes alone", () => {
    const { enter } = open({ concurrency: "off", tokensMax: 100 });
    const large = enter(person("a", 500));
    expect(large).toBeDefined();
    expect(enter(person("a", 1))).toBeUndefined();
    large?.leave("answered");
    expect(enter(person("a", 60))).toBeDefined();
    expect(enter(person("a", 41))).toBeUndefined();
    expect(enter(person("a", 40))).toBeDefined();
  });

  it("gives a freed slot to a person before a batch, then to the key that has least there, then in turn", () => {
    const { enter, queue, told } = open({ concurrency: 3, queueMax: 10 });
    const first = enter(person("rich"));
    const second = enter(person("rich"));
    const third = enter(person("poor"));
    queue("batch", batch("new"));
    queue("rich", person("rich"));
    queue("poor", person("poor"));
    queue("new", person("new"));
    for (const slot of [third, first, second]) slot?.leave("answered");
    expect(told).toEqual(["poor", "new", "rich"]);
  });

  it("lets nobody pass those who wait", () => {
    const { enter, queue, told } = open({ concurrency: 1 });
    const first = enter(person("a"));
    queue("waits", person("b", 10));
    first?.leave("answered");
    expect(told).toEqual(["waits"]);
    expect(enter(person("c"))).toBeUndefined();
  });

  it("has a queue of a length; a person takes the slot of the last batch in it", () => {
    const { enter, queue, told } = open({ concurrency: 1, queueMax: 2 });
    enter(person("a"));
    queue("one", batch("b"));
    queue("two", batch("b"));
    queue("three", batch("b"));
    queue("person", person("b"));
    queue("other", person("b"));
    queue("late", person("b"));
    expect(told).toEqual(["three queue", "two priority", "one priority", "late queue"]);
  });

  it("keeps a queue that does not end short, and serves its newest first", () => {
    const { enter, queue, at, told, slots } = open({ concurrency: 1, queueMax: 10 });
    const first = enter(person("a"));
    expect(queue("old", person("b"))?.maxWaitMs).toBe(1000);
    at(999);
    expect(queue("middle", person("b"))?.maxWaitMs).toBe(1000);
    at(1000);
    expect(queue("new", person("b"))?.maxWaitMs).toBe(50);
    first?.leave("answered");
    expect(told).toEqual(["new"]);
    slots.get("new")?.leave("answered");
    slots.get("middle")?.leave("answered");
    slots.get("old")?.leave("answered");
    expect(told).toEqual(["new", "middle", "old"]);
    enter(person("a"));
    expect(queue("again", person("b"))?.maxWaitMs).toBe(1000);
  });

  it("says how long somebody who comes now would wait, by how long slots are held", () => {
    const { enter, queue, at, bulkhead } = open({ concurrency: 2 });
    const slots = [enter(person("a")), enter(person("a"))];
    at(400);
    slots[0]?.leave("answered");
    enter(person("a"));
    queue("one", person("b"));
    expect(bulkhead.waitMs()).toBe(400);
  });

  it("holds its bounds under any order of comings and goings, and forgets nobody", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("come" as const),
        key: fc.constantFrom("a", "b", "c"),
        isBatch: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("leave" as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant("give up" as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant("time" as const), ms: fc.nat(700) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        const { enter, queue, at, bulkhead, told, slots } = open({ concurrency: limit, queueMax: 3 });
        const inside: Slot[] = [];
        const waiting: { readonly name: string; readonly giveUp: () => void }[] = [];
        let now = 0;
        let came = 0;
        let gone = 0;
        let gaveUp = 0;
        for (const one of steps) {
          if (one.kind === "come") {
            came += 1;
            const asks = one.isBatch ? batch(one.key) : person(one.key);
            const slot = enter(asks);
            const name = `w${came}`;
            if (slot === undefined) {
              const queued = queue(name, asks);
              if (queued !== undefined) waiting.push({ name, giveUp: queued.giveUp });
            } else inside.push(slot);
          } else if (one.kind === "leave") {
            const [slot] = inside.splice(one.which % Math.max(1, inside.length), 1);
            if (slot !== undefined) gone += 1;
            slot?.leave("answered");
          } else if (one.kind === "give up") {
            const [waiter] = waiting.splice(one.which % Math.max(1, waiting.length), 1);
            const before = bulkhead.state().queued;
            waiter?.giveUp();
            gaveUp += before - bulkhead.state().queued;
          } else at((now += one.ms));
          inside.push(...slots.values());
          slots.clear();
          const { inFlight, queued } = bulkhead.state();
          expect(inFlight).toBe(inside.length);
          expect(inFlight).toBeLessThanOrEqual(limit);
          expect(queued).toBeLessThanOrEqual(3);
          expect(queued === 0 || inFlight === limit).toBe(true);
        }
        const refused = told.filter((text) => text.includes(" ")).length;
        expect(came).toBe(inside.length + gone + refused + gaveUp + bulkhead.state().queued);
      }),
    );
  });
});

describe("a paced limit", () => {
  it("is cut once by first words that come late, and then by those of who came after", () => {
    const { enter, at, bulkhead } = open({ concurrency: "paced" });
    const limit = (): number | undefined => bulkhead.state().limit;
    for (let count = 0; count < 50; count += 1) {
      const slot = enter(person("a"));
      slot?.began(300);
      slot?.leave("answered");
    }
    at(10);
    const slots = Array.from({ length: 40 }, () => enter(person("a")));
    at(5000);
    for (const slot of slots.slice(0, 20)) slot?.began(1500);
    expect(limit()).toBe(36);
    at(9000);
    for (const slot of slots.slice(20)) slot?.began(4000);
    expect(limit()).toBe(36);
    for (const slot of slots) slot?.leave("unknown");
    const after = Array.from({ length: 36 }, () => enter(person("a")));
    for (const slot of after) slot?.began(1500);
    expect(limit()).toBe(32);
  });
});

describe("tokens at once", () => {
  it("keep nobody waiting whom the one before has left room for, nor once there is more", () => {
    const { enter, queue, told, slots, bulkhead } = open({
      concurrency: "off",
      tokensMax: 100,
      queueMax: 9,
    });
    const long = enter(person("a", 60));
    const large = queue("large", person("b", 50));
    queue("small", person("c", 20));
    expect(told).toEqual([]);
    large?.giveUp();
    expect(told).toEqual(["small"]);
    queue("next", person("d", 30));
    long?.leave("answered");
    expect(told).toEqual(["small", "next"]);
    for (const slot of slots.values()) slot.leave("unknown");
    expect(bulkhead.state()).toMatchObject({ inFlight: 0, queued: 0 });
  });

  it("are more after other rules have come: the next to come lets those who wait in", () => {
    const { enter, queue, told, rules } = open({ concurrency: 1, queueMax: 9 });
    enter(person("a"));
    queue("one", person("b"));
    rules.concurrency = 3;
    queue("two", person("c"));
    expect(told).toEqual(["one", "two"]);
  });
});

describe("an adaptive limit", () => {
  it("is cut from twenty at least: one refusal in a quiet moment says little of how many are too many", () => {
    const state = noLimitYet();
    cut(state, 1, 0);
    expect(state.limit).toBe(18);
    cut(state, 1, 1000);
    expect(state.limit).toBe(16);
  });

  it("holds nobody back until the target says that it is too much, and then cuts from what was there", () => {
    const state = noLimitYet();
    for (let answers = 0; answers < 5000; answers += 1) grow(state, 50);
    expect(state.limit).toBe(1000);
    cut(state, 50, 10_000);
    expect(state.limit).toBe(45);
    cut(state, 45, 10_999);
    expect(state.limit).toBe(45);
    cut(state, 45, 11_000);
    expect(state.limit).toBe(40);
    for (let second = 12; second < 200; second += 1) cut(state, 40, second * 1000);
    expect(state.limit).toBe(1);
  });

  it("grows by one for a limit's worth of answers, where it is used", () => {
    const state = noLimitYet();
    state.limit = 12;
    cut(state, 12, 0);
    expect(state.limit).toBe(10);
    for (let answers = 0; answers < 100; answers += 1) grow(state, 8);
    expect(state.limit).toBe(10);
    for (let answers = 0; answers < 9; answers += 1) grow(state, 9);
    expect(state.limit).toBe(10);
    grow(state, 9);
    expect(state.limit).toBe(11);
  });

  it("finds what a target takes: a little below it, and never far above", () => {
    const state = noLimitYet();
    const takes = 30;
    let now = 0;
    const above: number[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      now += 20;
      const inFlight = Math.min(60, state.limit);
      if (inFlight > takes) cut(state, inFlight, now);
      else grow(state, inFlight);
      if (round > 1000) above.push(state.limit - takes);
    }
    expect(Math.max(...above)).toBeLessThanOrEqual(2);
    expect(Math.min(...above)).toBeGreaterThanOrEqual(-6);
  });
});

it("the words of a target stand over its provider's, and those over all", () => {
  const settings = overloadSettings.parse({
    bulkhead: {
      queueMax: 7,
      targets: { local: { concurrency: 8, maxWaitMs: 20 }, "local/big": { concurrency: 1 } },
    },
  });
  const rulesOf = rulesFrom(settings.bulkhead);
  expect(rulesOf({ provider: "far", model: "m" })).toEqual({
    concurrency: "adaptive",
    queueMax: 7,
    maxWaitMs: 1000,
  });
  expect(rulesOf({ provider: "local", model: "m" })).toEqual({ concurrency: 8, queueMax: 7, maxWaitMs: 20 });
  expect(rulesOf({ provider: "local", model: "big" })).toEqual({
    concurrency: 1,
    queueMax: 7,
    maxWaitMs: 20,
  });
});

it("a request says how urgent it is in one of two words", () => {
  expect(priorityOf(() => undefined, undefined)).toBe("interactive");
  expect(priorityOf(() => " Batch ", {})).toBe("batch");
  expect(priorityOf(() => undefined, { priority: "batch" })).toBe("batch");
  expect(priorityOf(() => "interactive", { priority: "batch" })).toBe("batch");
  expect(priorityOf(() => "batch", { priority: "interactive" })).toBe("batch");
  expect(() => priorityOf(() => "urgent", { priority: "batch" })).toThrow(
    expect.objectContaining({ code: "malformed_request" }),
  );
});
