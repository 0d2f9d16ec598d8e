import { describe, expect, it } from "vitest";
import { createAmountHead } from "./amount-head.ts";
import { featuresOfPrompt } from "./features.ts";

const short = featuresOfPrompt("Yes or no: is 7 a prime?");
const long = featuresOfPrompt("Write a long story about a garrison and its gate, with three chapters.");

describe("createAmountHead", () => {
  it("says nothing until it has seen twenty", () => {
    const head = createAmountHead();
    for (let index = 0; index < 19; index += 1) head.learn(short, 5);
    expect(head.predict(short)).toBeUndefined();
    head.learn(short, 5);
    expect(head.predict(short)?.mean).toBeCloseTo(5);
  });

  it("learns which requests get long answers, and is right on the mean", () => {
    const head = createAmountHead();
    const noise = [0.5, 1, 2] as const;
    for (let index = 0; index < 900; index += 1) {
      const factor = noise[index % 3] ?? 1;
      head.learn(short, 10 * factor);
      head.learn(long, 800 * factor);
    }
    const mean = (0.5 + 1 + 2) / 3;
    expect(head.predict(short)?.mean ?? 0).toBeGreaterThan(0.8 * 10 * mean);
    expect(head.predict(short)?.mean ?? 0).toBeLessThan(1.25 * 10 * mean);
    expect(head.predict(long)?.mean ?? 0).toBeGreaterThan(0.8 * 800 * mean);
    expect(head.predict(long)?.mean ?? 0).toBeLessThan(1.25 * 800 * mean);
  });

  it("takes nothing that is no amount", () => {
    const head = createAmountHead();
    for (let index = 0; index < 30; index += 1) {
      head.learn(short, 5);
      head.learn(short, 0);
      head.learn(short, Number.NaN);
      head.learn(short, Number.POSITIVE_INFINITY);
    }
    expect(head.predict(short)?.mean).toBeCloseTo(5);
  });
});
