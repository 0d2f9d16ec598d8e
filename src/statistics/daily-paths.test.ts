import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawPaths, learnDaily } from "./daily-paths.ts";
import { mulberry } from "./mulberry.ts";
import { weekdayFactors } from "./weekday-factors.ts";

type Random = () => number;
const paths = 1000;
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const rounded = (factors: Float64Array): readonly number[] =>
  [...factors].map((factor) => +factor.toFixed(2));

/** The sums of all days ahead, least first. */
function sumsOf(days: readonly (number | undefined)[], ahead: number, seed: number): Float64Array {
  const shares = Array.from({ length: ahead }, () => 1);
  const sums = drawPaths(learnDaily(days), shares, { paths, random: mulberry(seed) });
  return Float64Array.from(
    { length: paths },
    (_, path) => sums[(path + 1) * ahead - 1] ?? Number.NaN,
  ).toSorted();
}

const weeks = (count: number, week: readonly number[]): number[] =>
  Array.from({ length: count * 7 }, (_, day) => week[day % 7] ?? 0);

describe("weekdayFactors", () => {
  it.for([
    { name: "days that are all alike", days: weeks(8, [3, 3, 3, 3, 3, 3, 3]), told: [1, 1, 1, 1, 1, 1, 1] },
    {
      name: "weekends of a half: known for sure, as no day differs from others of its name",
      days: weeks(8, [12, 12, 12, 12, 12, 6, 6]),
      told: [1.17, 1.17, 1.17, 1.17, 1.17, 0.58, 0.58],
    },
    {
      name: "weekends of nothing",
      days: weeks(8, [5, 5, 5, 5, 5, 0, 0]),
      told: [1.4, 1.4, 1.4, 1.4, 1.4, 0, 0],
    },
    {
      name: "a single week: as if four usual ones stood beside it",
      days: weeks(1, [7, 7, 7, 7, 7, 0, 0]),
      told: [1.08, 1.08, 1.08, 1.08, 1.08, 0.8, 0.8],
    },
    {
      name: "weekends of which nothing is ever known",
      days: weeks(3, [5, 5, 5, 5, 5, -1, -1]).map((day) => (day < 0 ? undefined : day)),
      told: [1.4, 1.4, 1.4, 1.4, 1.4, 0, 0],
    },
    { name: "no day at all", days: [], told: [1, 1, 1, 1, 1, 1, 1] },
    { name: "nothing but zeros", days: weeks(3, [0]), told: [1, 1, 1, 1, 1, 1, 1] },
  ])("$name", ({ days, told }) => {
    expect(rounded(weekdayFactors(days))).toEqual(told);
  });
});

describe("drawPaths", () => {
  it.for([
    { name: "the same each day", days: weeks(4, [2, 2, 2, 2, 2, 2, 2]), ahead: 10, p10: 20, p90: 20 },
    { name: "the same each week", days: weeks(8, [5, 5, 5, 5, 5, 0, 0]), ahead: 7, p10: 25, p90: 25 },
    { name: "all zeros", days: weeks(3, [0]), ahead: 10, p10: 0, p90: 0 },
    {
      name: "a gap of a week inside",
      days: [
        ...weeks(3, [4, 4, 4, 4, 4, 4, 4]),
        ...Array.from({ length: 7 }, () => undefined),
        ...weeks(2, [4, 4, 4, 4, 4, 4, 4]),
      ],
      ahead: 5,
      p10: 20,
      p90: 20,
    },
  ])("goes on as it was: $name", ({ days, ahead, p10, p90 }) => {
    const sums = sumsOf(days, ahead, 1);
    expect(sums[99]).toBeCloseTo(p10, 6);
    expect(sums[899]).toBeCloseTo(p90, 6);
  });

  it("counts the part of the first day that is left", () => {
    const model = learnDaily(weeks(4, [2, 2, 2, 2, 2, 2, 2]));
    const sums = drawPaths(model, [0.25, 1], { paths: 1, random: mulberry(1) });
    expect([...sums].map((sum) => +sum.toFixed(9))).toEqual([0.5, 2.5]);
  });

  it("forgets what has ended: after ten days of nothing little is left of a month", () => {
    const days = [...weeks(6, [10, 11, 9, 10, 10, 11, 9]), ...Array.from({ length: 10 }, () => 0)];
    expect(sumsOf(days, 20, 1)[499]).toBeLessThan(10);
  });

  it("takes a day that is fifty times the usual for an accident", () => {
    const days = weeks(8, [10, 11, 9, 10, 10, 11, 9]);
    const usual = sumsOf(days, 20, 1)[499] ?? 0;
    const after = sumsOf([...days.slice(0, 40), 500, ...days.slice(41)], 20, 1)[499] ?? 0;
    expect(after / usual).toBeLessThan(1.5);
  });

  it("never falls, is never less than nothing, and is the same for the same seed", () => {
    const amount = fc.option(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e7, noNaN: true })), {
      nil: undefined,
    });
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 70 }), fc.nat(), (days, seed) => {
        const draw = () => drawPaths(learnDaily(days), [0.5, 1, 1, 1], { paths: 50, random: mulberry(seed) });
        const sums = draw();
        expect(draw()).toEqual(sums);
        for (const [index, sum] of sums.entries()) {
          expect(Number.isFinite(sum)).toBe(true);
          expect(sum).toBeGreaterThanOrEqual(index % 4 === 0 ? 0 : (sums[index - 1] ?? 0));
        }
      }),
    );
  });
});

/** Series of a workload: daily amounts, one after the other. */
const workloads: Readonly<Record<string, (random: Random, days: number) => readonly number[]>> = {
  "weekdays and noise": (random, days) =>
    Array.from({ length: days }, (_, day) => weekdayOf(day) * Math.exp(0.3 * normal(random))),
  "none at weekends": (random, days) =>
    Array.from({ length: days }, (_, day) => (day % 7 > 4 ? 0 : Math.exp(0.3 * normal(random)))),
  "a level that wanders": (random, days) => {
    let level = 0;
    return Array.from({ length: days }, (_, day) => {
      level += 0.05 * normal(random);
      return weekdayOf(day) * Math.exp(level + 0.2 * normal(random));
    });
  },
  "growth of 1 % a day": (random, days) =>
    Array.from({ length: days }, (_, day) => weekdayOf(day) * Math.exp(0.01 * day + 0.25 * normal(random))),
};
const weekdayOf = (day: number): number => [1.2, 1.2, 1.1, 1.2, 1.1, 0.35, 0.3][day % 7] ?? 1;

/** The specification to the letter: one level of .3 that stands still on a path, weekdays shrunk by four weeks. */
function fixedSums(days: readonly number[], ahead: number, random: Random): Float64Array {
  const sums = [4, 4, 4, 4, 4, 4, 4];
  const counts = [4, 4, 4, 4, 4, 4, 4];
  for (const [index, day] of days.entries()) {
    const from = Math.max(0, Math.min(index - 3, days.length - 7));
    const around = days.slice(from, from + 7);
    sums[index % 7] = (sums[index % 7] ?? 0) + (day * around.length) / sumOf(around);
    counts[index % 7] = (counts[index % 7] ?? 0) + 1;
  }
  const factorOf = (day: number): number => (sums[day % 7] ?? 0) / (counts[day % 7] ?? 1);
  const residuals: number[] = [];
  let level = sumOf(days.slice(0, 7)) / 7;
  for (const [index, day] of days.entries()) {
    if (day > 0) residuals.push(Math.log(day / (level * factorOf(index))));
    level += 0.3 * (day / factorOf(index) - level);
  }
  const drawn = residuals.slice(-28);
  return Float64Array.from({ length: paths }, () =>
    sumOf(
      Array.from({ length: ahead }, (_, day) => {
        const residual = drawn[Math.floor(random() * drawn.length)] ?? 0;
        return level * factorOf(days.length + day) * Math.exp(residual);
      }),
    ),
  ).toSorted();
}
const sumOf = (days: readonly number[]): number => days.reduce((total, day) => total + day, 0);

/**
 * Eight of ten months would be right. Few days make the band too wide; where the level itself wanders or grows it is too
 * narrow: what moved in four weeks says little of how far the next will go.
 */
describe("the band of 10 to 90 %", () => {
  it.for([
    { workload: "weekdays and noise", known: 8, ahead: 20, from: 0.93, to: 1, fixed: 0.5 },
    { workload: "weekdays and noise", known: 28, ahead: 10, from: 0.81, to: 0.9, fixed: 0.62 },
    { workload: "weekdays and noise", known: 56, ahead: 15, from: 0.81, to: 0.9, fixed: 0.62 },
    { workload: "none at weekends", known: 56, ahead: 15, from: 0.8, to: 0.89, fixed: 0.4 },
    { workload: "a level that wanders", known: 28, ahead: 10, from: 0.7, to: 0.8, fixed: 0.65 },
    { workload: "a level that wanders", known: 56, ahead: 15, from: 0.7, to: 0.8, fixed: 0.56 },
    { workload: "growth of 1 % a day", known: 56, ahead: 15, from: 0.66, to: 0.76, fixed: 0.55 },
  ])(
    "holds for $workload, $known days known and $ahead ahead, and more often than with a fixed level",
    (row) => {
      const { workload, known, ahead, from, to, fixed } = row;
      const runs = 1000;
      let [held, heldFixed] = [0, 0];
      for (let run = 0; run < runs; run += 1) {
        const random = mulberry(1000 * run + known);
        // Months end on all weekdays.
        const days =
          workloads[workload]?.(random, known + ahead + 7).slice(run % 7, known + ahead + (run % 7)) ?? [];
        const came = sumOf(days.slice(known));
        const isIn = (sums: Float64Array): number =>
          came >= (sums[99] ?? 0) && came <= (sums[899] ?? 0) ? 1 : 0;
        held += isIn(sumsOf(days.slice(0, known), ahead, run));
        if (run % 5 === 0) heldFixed += isIn(fixedSums(days.slice(0, known), ahead, random));
      }
      expect(held / runs).toBeGreaterThanOrEqual(from);
      expect(held / runs).toBeLessThanOrEqual(to);
      expect(heldFixed / (runs / 5)).toBeLessThan(fixed);
    },
  );
});
