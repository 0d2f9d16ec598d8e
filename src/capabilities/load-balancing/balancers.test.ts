import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "../../kernel/murmur3.ts";
import { learningOf } from "./member.ts";
import { names, seeded, shares, testPool } from "./pool.test-support.ts";
import { loadMax } from "./ring.ts";
import { begin } from "./traffic.ts";

const alike = (count: number) => names(count).map((name) => ({ name }));
const [one = "", two = "", three = ""] = names(3);

/** So many calls begin at once and stay; how many each has then. */
function pile(
  made: ReturnType<typeof testPool>,
  count: number,
  keyOf = (index: number) => index,
): readonly number[] {
  for (let index = 0; index < count; index += 1)
    made.place({ hash: () => murmur3(`key ${keyOf(index)}`, 0) });
  return made.pool.members.map(({ traffic }) => traffic.inFlight);
}

describe("least-request", () => {
  it("fills evenly, and by weight where weights differ", () => {
    expect(pile(testPool("least-request", alike(4)), 40)).toEqual([10, 10, 10, 10]);
    const weighted = testPool("least-request", [
      { name: one, weight: 3 },
      { name: two, weight: 1 },
    ]);
    expect(pile(weighted, 40)).toEqual([30, 10]);
  });
});

describe("p2c", () => {
  it("looks at two that differ, so that the fullest of two is never taken", () => {
    const made = testPool("p2c", alike(2));
    expect(pile(made, 41).toSorted((a, b) => a - b)).toEqual([20, 21]);
  });

  it("keeps a crowd within a few of the mean", () => {
    const loads = pile(testPool("p2c", alike(10)), 1000);
    expect(Math.max(...loads)).toBeLessThan(105);
    expect(Math.min(...loads)).toBeGreaterThan(95);
  });
});

describe("round-robin", () => {
  it("takes smooth turns by weight", () => {
    const made = testPool("round-robin", [
      { name: one, weight: 5 },
      { name: two, weight: 1 },
      { name: three, weight: 1 },
    ]);
    const turns = Array.from({ length: 7 }, () => made.place().member.name);
    expect(turns).toEqual([one, one, two, one, three, one, one]);
  });
});

describe("random", () => {
  it("draws by weight", () => {
    const got = shares(
      testPool("random", [
        { name: one, weight: 1 },
        { name: two, weight: 3 },
        { name: three, weight: 0 },
      ]),
      20_000,
    );
    expect((got.get(one) ?? 0) / 20_000).toBeCloseTo(0.25, 1);
    expect(got.get(three)).toBeUndefined();
  });
});

describe("peak-ewma", () => {
  it("leaves a slow one alone at once, and comes back to it as the peak fades", () => {
    const made = testPool("peak-ewma", alike(2));
    const serve = (name: string, took: number): void => {
      const served = made.place({ avoid: names(2).filter((other) => other !== name) });
      made.time.now += took;
      served.succeeded({});
    };
    for (let index = 0; index < 5; index += 1) for (const name of names(2)) serve(name, 0.1);
    serve(one, 5);
    expect(shares(made, 100).get(one)).toBeUndefined();
    made.time.now += 30;
    serve(one, 0.1);
    expect(made.member(one).cost).toBeCloseTo(0.1 + 4.9 * Math.exp(-3.01), 3);
  });
});

describe("predicted", () => {
  /** Ends a call after `perToken` seconds a token. */
  function learn(made: ReturnType<typeof testPool>, name: string, perToken: number): void {
    const served = made.place({
      avoid: made.pool.members.map((other) => other.name).filter((other) => other !== name),
    });
    made.time.now += 100 * perToken;
    served.succeeded({ work: 100 });
  }

  it("fills by how fast each is: in flight in the measure of their speeds", () => {
    const made = testPool("predicted", alike(2));
    for (let index = 0; index < 60; index += 1) {
      learn(made, one, 0.01);
      learn(made, two, 0.03);
    }
    const [fast = 0, slow = 0] = pile(made, 60);
    expect(fast).toBeGreaterThan(2 * slow);
    expect(slow).toBeGreaterThan(0);
  });

  it("does not herd: calls that come at once are spread, since each counts as soon as it is placed", () => {
    const made = testPool("predicted", alike(10));
    for (const name of names(10)) learn(made, name, 0.02);
    const loads = pile(made, 200);
    expect(Math.max(...loads)).toBeLessThan(26);
    expect(Math.min(...loads)).toBeGreaterThan(14);
  });

  it("looks at four of more than 32", () => {
    const made = testPool("predicted", alike(100));
    const loads = pile(made, 1000);
    expect(Math.max(...loads)).toBeLessThan(16);
    expect(loads.reduce((sum, load) => sum + load, 0)).toBe(1000);
  });

  it("goes anywhere once in a hundred calls, so that who was slow is seen again", () => {
    const made = testPool("predicted", alike(2));
    for (let index = 0; index < 60; index += 1) {
      learn(made, one, 0.01);
      learn(made, two, 0.5);
    }
    const seen = shares(made, 20_000).get(two) ?? 0;
    expect(seen).toBeGreaterThan(50);
    expect(seen).toBeLessThan(200);
  });

  it("tries each of ten at once, however quick those are that it knows", () => {
    const made = testPool("predicted", alike(10));
    const tried = new Set<string>();
    for (let call = 0; call < 11; call += 1) {
      const served = made.place();
      tried.add(served.member.name);
      made.time.now += 0.1;
      served.succeeded({ work: 300 });
    }
    expect(tried.size).toBe(10);
  });

  it("tries the one of a hundred that it does not know within about as many calls, though it looks at four", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const made = testPool("predicted", alike(100), seeded(seed));
      for (const name of names(100).slice(1)) {
        const { traffic, learned } = made.member(name);
        begin(traffic, learningOf({ learned }, "m"), 0).succeeded(100, 0.1);
      }
      const { learned } = made.member(one);
      for (let call = 0; call < 110 && !learned.has("m"); call += 1) made.place().left();
      expect(learned.has("m")).toBe(true);
    }
  });

  it("tries who is back before the quick ones, with one call at a time until it has told", () => {
    const made = testPool("predicted", alike(3));
    for (let call = 0; call < 30; call += 1) {
      const served = made.place();
      made.time.now += 0.1;
      served.succeeded({ work: 300 });
    }
    const member = made.member(one);
    made.pool.eject(member);
    made.pool.restore(member);
    const placed = Array.from({ length: 30 }, () => made.place().member.name);
    expect(placed.filter((name) => name === one)).toHaveLength(1);
  });

  it("knows 64 models of each, those that were asked last: names that clients make up push out no model in use", () => {
    const made = testPool("predicted", alike(2));
    const serve = (model: string, avoid: readonly string[] = []): void => {
      const served = made.place({ model, avoid });
      made.time.now += 1;
      served.succeeded({ work: 100 });
    };
    for (let call = 0; call < 500; call += 1) {
      serve(`made up ${call}`, [two]);
      if (call % 10 === 0) serve("in use", [two]);
    }
    const { learned } = made.member(one);
    expect(learned.size).toBe(64);
    expect(learned.get("in use")?.learnedFrom).toBe(50);
  });

  it("tells models apart: who is slow at one may be fast at another", () => {
    const made = testPool("predicted", alike(2));
    const serve = (name: string, model: string, perToken: number): void => {
      const served = made.place({ model, avoid: names(2).filter((other) => other !== name) });
      made.time.now += 100 * perToken;
      served.succeeded({ work: 100 });
    };
    for (let index = 0; index < 40; index += 1) {
      serve(one, "small", 0.01);
      serve(two, "small", 0.05);
      serve(one, "large", 0.2);
      serve(two, "large", 0.05);
    }
    const countOf = (model: string): number => {
      let count = 0;
      for (let index = 0; index < 200; index += 1) {
        const served = made.place({ model });
        if (served.member.name === one) count += 1;
        served.left();
      }
      return count;
    };
    expect(countOf("small")).toBeGreaterThan(190);
    expect(countOf("large")).toBeLessThan(10);
  });
});

describe("consistent-hash", () => {
  it("keeps a key at one place while that has room, and never loads a place above its cap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 }),
        (keys, weights) => {
          const made = testPool(
            "consistent-hash",
            weights.map((weight, index) => ({ name: `m${index}`, weight })),
          );
          const sum = weights.reduce((all, weight) => all + weight, 0);
          for (const [index, key] of keys.entries()) {
            const { member } = made.place({ hash: () => murmur3(`key ${key}`, 0) });
            expect(member.traffic.inFlight).toBeLessThanOrEqual(loadMax(index, member.weight, sum));
          }
        },
      ),
      { numRuns: 50 },
    );
    const quiet = shares(testPool("consistent-hash", alike(8)), 100, () => murmur3("one key", 0));
    expect([...quiet.values()]).toEqual([100]);
  });
});

describe("maglev", () => {
  it("sends the same key to the same place, and keys to all", () => {
    const made = testPool("maglev", alike(8));
    expect([...shares(made, 100, () => murmur3("one key", 0)).values()]).toEqual([100]);
    const all = shares(made, 8000, (index) => murmur3(`key ${index}`, 0));
    for (const count of all.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect(all.size).toBe(8);
    const out = made.member("10.0.0.3:8000");
    made.pool.drain(out);
    expect(shares(made, 8000, (index) => murmur3(`key ${index}`, 0)).has(out.name)).toBe(false);
  });
});
