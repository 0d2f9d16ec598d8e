import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../platform/memory/index.ts";
import { type Features, featuresOfPrompt } from "./features.ts";
import { createHead, type Feedback } from "./head.ts";

const easy = featuresOfPrompt("Say hello to my friend.");
const hard = featuresOfPrompt(
  "Suppose that x^2 + 3x = 12, and prove that no integer solves it, or give one: 1, 2 or 3?",
);
const settings = { prior: 0.8, random: numbers(9) };

const feedback = (features: Features, quality: number): Feedback => ({
  features,
  shape: "other",
  quality,
  weight: 1,
});

/** Numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536;
  };
}

describe("createHead", () => {
  it("starts as the prior, with an interval around it", () => {
    const head = createHead(settings);
    const { mean, n } = head.predict(easy, "other");
    const low = head.lowest(easy, "other");
    expect(mean).toBeCloseTo(0.8, 12);
    expect(low).toBeLessThan(0.7);
    expect(low).toBeGreaterThan(0.5);
    expect(n).toBe(0);
  });

  it("counts by shape, and lets a new shape begin at the arm's share", () => {
    const head = createHead(settings);
    for (let i = 0; i < 40; i += 1) head.learn({ ...feedback(easy, 0), shape: "code" });
    const code = head.predict(easy, "code");
    const other = head.predict(easy, "other");
    expect(code.mean).toBeLessThan(other.mean);
    expect(other.mean).toBeLessThan(0.8);
    expect(head.lowest(easy, "code")).toBeLessThan(code.mean);
  });

  it("learns which words make an answer good", () => {
    const head = createHead(settings);
    const next = numbers(1);
    for (let i = 0; i < 1500; i += 1) {
      const isEasy = next() < 0.5;
      head.learn(feedback(isEasy ? easy : hard, next() < (isEasy ? 0.95 : 0.45) ? 1 : 0));
    }
    expect(head.predict(easy, "other").mean).toBeGreaterThan(0.85);
    expect(head.predict(hard, "other").mean).toBeLessThan(0.6);
  });

  it("stays with its counts where words tell nothing", () => {
    const head = createHead(settings);
    const next = numbers(2);
    for (let i = 0; i < 1500; i += 1) {
      const words = Array.from({ length: 8 }, () => Math.floor(next() * 64).toString(36));
      head.learn(feedback(featuresOfPrompt(words.join(" ")), next() < 0.8 ? 1 : 0));
    }
    const means = [easy, hard].map((features) => head.predict(features, "other").mean);
    for (const mean of means) expect(Math.abs(mean - 0.8)).toBeLessThan(0.12);
  });

  it("discounts what it knew when the arm changes, and follows it", () => {
    const head = createHead(settings);
    const next = numbers(3);
    for (let i = 0; i < 600; i += 1) head.learn(feedback(easy, next() < 0.92 ? 1 : 0));
    const before = head.predict(easy, "other");
    let until = 1;
    while (!head.learn(feedback(easy, next() < 0.3 ? 1 : 0))) until += 1;
    const after = head.predict(easy, "other");
    expect(until).toBeLessThan(60);
    expect(after.n).toBeLessThan(before.n / 4);
    for (let i = 0; i < 60; i += 1) head.learn(feedback(easy, next() < 0.3 ? 1 : 0));
    expect(head.predict(easy, "other").mean).toBeLessThan(0.5);
  });

  it("learns nothing from what is no number, or has no weight", () => {
    const head = createHead(settings);
    const before = head.predict(easy, "other");
    for (const [quality, weight] of [
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
      [0, 0],
      [0, Number.NaN],
    ] as const)
      head.learn({ ...feedback(easy, quality), weight });
    expect(head.predict(easy, "other")).toEqual(before);
  });

  it("learns by counts alone where the request is no longer known", () => {
    const head = createHead(settings);
    for (let i = 0; i < 40; i += 1) head.learn({ shape: "other", quality: 0, weight: 1 });
    expect(head.predict(undefined, "other").mean).toBeLessThan(0.6);
  });

  it("forgets the fast bias of an arm that is not asked", () => {
    const head = createHead(settings);
    for (let i = 0; i < 10; i += 1) head.learn(feedback(easy, 0));
    const fresh = head.predict(easy, "other").mean;
    for (let i = 0; i < 2000; i += 1) head.fade();
    expect(head.predict(easy, "other").mean).toBeGreaterThan(fresh);
  });
});
