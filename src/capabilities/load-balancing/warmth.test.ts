import { describe, expect, it } from "vitest";
import { names, testPool } from "./pool.test-support.ts";
import { createWarmth } from "./warmth.ts";

const long = (seed: string, blocks: number) => ({
  scope: "key_1 m",
  bytes: new TextEncoder().encode(
    Array.from({ length: blocks }, (_, index) => `${seed} ${index} `.padEnd(512, ".")).join(""),
  ),
});
const alike = (count: number) => names(count).map((name) => ({ name }));

describe("createWarmth", () => {
  it("expects .7 of what matches to be kept, and learns how much is", () => {
    const warmth = createWarmth(2);
    expect(warmth.of(long("a", 8), 0).warmest).toBeUndefined();
    warmth.of(long("a", 8), 0).sentTo(1, 0);
    const warm = warmth.of(long("a", 8), 1);
    expect(warm.warmest).toBe(1);
    expect([0, 1].map(warm.savedAt)).toEqual([0, 8 * 128 * 0.7]);
    // It turns out to keep nothing; and what has never been there teaches nothing.
    for (let index = 0; index < 200; index += 1) warm.told(1, 0);
    expect(warm.savedAt(1)).toBeLessThan(0.01 * 8 * 128);
    for (let index = 0; index < 200; index += 1) warm.told(0, 5000);
    expect(warm.savedAt(1)).toBeLessThan(0.01 * 8 * 128);
    for (let index = 0; index < 200; index += 1) warm.told(1, 9999);
    expect(warm.savedAt(1)).toBeCloseTo(8 * 128, 0);
  });
});

describe("a pool that is `predicted`", () => {
  const prompt = long("conversation", 64);
  /** How many of 100 calls with a prompt of 32 KiB go where the first went. */
  const staying = (made: ReturnType<typeof testPool>, begin: typeof prompt | undefined): number => {
    const wanted = { work: 300 + 0.02 * 8192, ...(begin === undefined ? {} : { prompt: begin }) };
    const first = made.place(wanted);
    first.succeeded({});
    let same = 0;
    for (let index = 0; index < 100; index += 1) {
      const served = made.place(wanted);
      if (served.member === first.member) same += 1;
      served.left();
    }
    return same;
  };

  it("lets a conversation stay where its prompt is kept", () => {
    expect(staying(testPool("predicted", alike(4)), prompt)).toBeGreaterThan(95);
    expect(staying(testPool("predicted", alike(4)), undefined)).toBeLessThan(60);
    expect(staying(testPool("p2c", alike(4)), prompt)).toBeLessThan(60);
  });

  it("finds the place among a hundred, of which it looks at few", () => {
    expect(staying(testPool("predicted", alike(100)), prompt)).toBeGreaterThan(90);
  });

  it("lets it go where the kept place is at work on many others: what is kept is worth so much and no more", () => {
    const made = testPool("predicted", alike(4));
    const wanted = { work: 300 + 0.02 * 8192, prompt };
    const { member } = made.place(wanted);
    const places = Array.from({ length: 40 }, () => made.place(wanted).member);
    expect(places.slice(0, 4)).toEqual([member, member, member, member]);
    // Wherever it goes, it is kept from then on.
    expect(new Set(places).size).toBe(4);
  });

  it("is not led to a place that is out", () => {
    const made = testPool("predicted", alike(4));
    const { member } = made.place({ prompt });
    made.pool.found(member, false);
    for (let index = 0; index < 50; index += 1) expect(made.place({ prompt }).member).not.toBe(member);
    const many = testPool("predicted", alike(100));
    const warm = many.place({ prompt }).member;
    many.pool.drain(warm);
    for (let index = 0; index < 200; index += 1) expect(many.place({ prompt }).member).not.toBe(warm);
  });
});
