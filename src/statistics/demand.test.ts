import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../platform/memory/index.ts";
import { createDemandForecast, createUpperLine } from "./demand.ts";

const settings = { horizon: 2, day: 24, week: 168 };
function numbers(seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536;
  };
}
/** A day that is busy at noon, with noise. */
const rateAt = (hour: number, noise: number): number =>
  100 * Math.exp(Math.sin((2 * Math.PI * hour) / 24) + 0.2 * (noise - 0.5));

describe("createDemandForecast", () => {
  it("knows nothing before the first window, and carries the last one at first", () => {
    const forecast = createDemandForecast(settings);
    expect(forecast.ahead()).toBeUndefined();
    forecast.push(50);
    expect(forecast.ahead()).toBeCloseTo(Math.log(50), 12);
  });

  it("learns the shape of a day: it is off by less than the last value is", () => {
    const forecast = createDemandForecast(settings);
    const next = numbers(1);
    const rates = Array.from({ length: 24 * 21 }, (_, hour) => rateAt(hour, next()));
    let learned = 0;
    let carried = 0;
    for (const [hour, rate] of rates.entries()) {
      forecast.push(rate);
      const told = rates[hour + settings.horizon];
      if (hour < 24 * 14 || told === undefined) continue;
      learned += Math.abs((forecast.ahead() ?? 0) - Math.log(told));
      carried += Math.abs(Math.log(rate) - Math.log(told));
    }
    expect(learned).toBeLessThan(carried * 0.6);
  });

  it("is not unsettled by windows that nobody knows", () => {
    const forecast = createDemandForecast(settings);
    const next = numbers(2);
    for (let hour = 0; hour < 24 * 14; hour += 1)
      forecast.push(hour % 7 === 3 ? undefined : rateAt(hour, next()));
    for (let gap = 0; gap < 12; gap += 1) forecast.push(undefined);
    expect(Math.exp(forecast.ahead() ?? 0)).toBeGreaterThan(20);
    expect(Math.exp(forecast.ahead() ?? 0)).toBeLessThan(400);
  });

  it("takes a rate of nothing for very little", () => {
    const forecast = createDemandForecast(settings);
    for (let hour = 0; hour < 100; hour += 1) forecast.push(0);
    expect(Number.isFinite(forecast.ahead())).toBe(true);
  });
});

describe("createUpperLine", () => {
  it.for([0.02, 0.1])("is crossed in about %d of all windows", (share) => {
    const line = createUpperLine(settings, share);
    const next = numbers(3);
    const due: (number | undefined)[] = [];
    let short = 0;
    let windows = 0;
    for (let hour = 0; hour < 24 * 200; hour += 1) {
      // The noise grows and shrinks: no fixed distribution.
      const rate = rateAt(hour, 0.5 + (next() - 0.5) * (1 + Math.sin(hour / 500)));
      const bound = hour >= settings.horizon ? due[hour - settings.horizon] : undefined;
      if (hour > 24 * 30 && bound !== undefined) {
        windows += 1;
        if (rate > bound) short += 1;
      }
      due.push(line.push(rate));
    }
    expect(short / windows).toBeGreaterThan(share * 0.7);
    expect(short / windows).toBeLessThan(share * 1.3);
  });

  it("leaves headroom while it knows too little", () => {
    const line = createUpperLine(settings);
    expect(line.push(undefined)).toBe(Math.exp(0 + 0.3));
    expect(line.push(100)).toBeCloseTo(100 * Math.exp(0.3), 9);
  });
});
