import { describe, expect, it } from "vitest";
import { monotonicMs } from "../../kernel/units.ts";
import type { Class } from "./cursor.ts";
import { createEntrance } from "./entrance.ts";
import { createFirstWords } from "./first-words.ts";
import { createLevels, type Pressure } from "./levels.ts";
import { toldWaitMs } from "./told-wait.ts";

const calm: Pressure = { loopMsMean: 0, loopMsP99: 0, heapShare: 0.1, rssShare: 0 };

describe("levels", () => {
  it.for<{ name: string; readings: readonly (Partial<Pressure> & { readonly at: number })[]; level: number }>(
    [
      { name: "are 0 while all is well", readings: [{ at: 0, loopMsP99: 49, heapShare: 0.7 }], level: 0 },
      { name: "rise at once", readings: [{ at: 0, loopMsP99: 300 }], level: 3 },
      {
        name: "are those of the worst reading",
        readings: [{ at: 0, loopMsP99: 60, rssShare: 0.9 }],
        level: 2,
      },
      { name: "keep the worst of a second", readings: [{ at: 0, loopMsP99: 150 }, { at: 900 }], level: 2 },
      {
        name: "stand until five seconds are calm",
        readings: [{ at: 0, heapShare: 0.9 }, { at: 100 }, { at: 5000 }],
        level: 2,
      },
      {
        name: "then fall by one",
        readings: [{ at: 0, heapShare: 0.9 }, { at: 100 }, { at: 5100 }],
        level: 1,
      },
      {
        name: "and by one more with the next reading, if that is calm as well",
        readings: [{ at: 0, heapShare: 0.9 }, { at: 100 }, { at: 5100 }, { at: 5200 }],
        level: 0,
      },
      {
        name: "do not fall just below their threshold",
        readings: [
          { at: 0, heapShare: 0.86 },
          { at: 100, heapShare: 0.7 },
          { at: 9000, heapShare: 0.7 },
        ],
        level: 2,
      },
      {
        name: "begin to count anew where it was not calm for all of the time",
        readings: [
          { at: 0, heapShare: 0.86 },
          { at: 100 },
          { at: 4000, heapShare: 0.84 },
          { at: 4100 },
          { at: 9000 },
        ],
        level: 2,
      },
    ],
  )("$name", ({ readings, level }) => {
    const levels = createLevels();
    for (const { at, ...reading } of readings) levels.read({ ...calm, ...reading }, at);
    expect(levels.state().level).toBe(level);
  });
});

function open(pressure: Partial<Pressure>) {
  let now = 0;
  const entrance = createEntrance({
    clock: { monotonic: () => monotonicMs(now) },
    random: { bytes: (length) => new Uint8Array(length) },
    delayMax: () => 20,
  });
  entrance.read({ ...calm, ...pressure });
  const shed = (priority: Class): string => {
    const refusal = entrance.admit({ priority, tenant: "a", shares: 1, cost: 1 });
    return refusal === undefined ? "in" : `${refusal.shed} ${refusal.retryAfterMs}`;
  };
  return { entrance, shed, at: (ms: number) => (now = ms) };
}

const memory = "memory 5000";

describe("the entrance", () => {
  it.for([
    { name: "well", pressure: {}, interactive: "in", batch: "in", chaos: "in" },
    { name: "late", pressure: { loopMsP99: 900 }, interactive: "in", batch: "in", chaos: "in" },
    {
      name: "at level 1 of memory",
      pressure: { rssShare: 0.8 },
      interactive: "in",
      batch: "in",
      chaos: memory,
    },
    {
      name: "at level 2 of it",
      pressure: { heapShare: 0.85 },
      interactive: "in",
      batch: memory,
      chaos: memory,
    },
    {
      name: "at level 3 of memory, and its heap has little in it",
      pressure: { rssShare: 0.97, heapShare: 0.49 },
      interactive: "in",
      batch: memory,
      chaos: memory,
    },
    {
      name: "at level 3 of memory, and half of its heap is full",
      pressure: { rssShare: 0.97, heapShare: 0.5 },
      interactive: memory,
      batch: memory,
      chaos: memory,
    },
    { name: "at level 3", pressure: { heapShare: 0.95 }, interactive: memory, batch: memory, chaos: memory },
  ] as const)("when the process is $name", ({ name: _, pressure, ...expected }) => {
    const { shed } = open(pressure);
    expect({ interactive: shed("interactive"), batch: shed("batch"), chaos: shed("chaos") }).toEqual(
      expected,
    );
  });

  it("parts with twenty clients a second at most while the process is late, and with none while it is well", () => {
    const parted = (pressure: Partial<Pressure>): number => {
      const { entrance, at } = open(pressure);
      const answers = Array.from({ length: 10_000 }, (_, index) => {
        at(index / 10);
        return entrance.partsWithOne();
      });
      return answers.filter(Boolean).length;
    };
    expect([parted({ loopMsP99: 149 }), parted({ loopMsP99: 150 })]).toEqual([0, 20]);
  });

  it("says when one in its place would be admitted", () => {
    const { entrance, shed, at } = open({ loopMsMean: 30 });
    for (let second = 1; second < 30; second += 1) {
      for (let count = 0; count < 100; count += 1) shed("interactive");
      at(1000 * second);
      entrance.read({ ...calm, loopMsMean: 30 });
    }
    const answers = Array.from({ length: 10 }, () => shed("interactive"));
    const waits = answers.flatMap((text) => (text === "in" ? [] : [Number(text.split(" ").at(-1))]));
    expect(answers.find((text) => text !== "in")).toMatch(/^share /);
    expect(entrance.state().admittedShare).toBeLessThan(0.3);
    expect(waits[0]).toBeGreaterThan(3000);
    expect(waits[0]).toBeLessThan(10_000);
  });
});

describe("when to come back", () => {
  it.for([
    [0, 0, 1000],
    [0, 0.5, 2000],
    [8000, 0, 8000],
    [8000, 0.999, 11_996],
    [1e9, 0, 30_000],
    [Number.POSITIVE_INFINITY, 0.5, 37_500],
  ] as const)("for %d ms, drawn %d: %d ms", ([ms, uniform, told]) => {
    expect(toldWaitMs(ms, uniform)).toBe(told);
  });
});

describe("first words", () => {
  it("are late when they take twice as long as those of about the same size did, and long", () => {
    const words = createFirstWords();
    for (let count = 0; count < 200; count += 1) {
      expect(words.came(300 + (count % 7), 100)).toBe(false);
      expect(words.came(3000 + (count % 7), 10_000)).toBe(false);
    }
    const late = Array.from({ length: 40 }, () => words.came(900, 100));
    expect(late.slice(0, 5)).not.toContain(true);
    expect(late.at(-1)).toBe(true);
    words.forget();
    expect(words.came(900, 100)).toBe(false);
  });

  it("are not late for a few ms, however many times as long", () => {
    const words = createFirstWords();
    for (let count = 0; count < 200; count += 1) words.came(10, 100);
    expect(Array.from({ length: 50 }, () => words.came(100, 100))).not.toContain(true);
  });
});
