import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDayMoney } from "./day-money.ts";

const day = 24 * 3_600_000;

describe("a sum for each day", () => {
  it("is there anew each day", () => {
    const clock = { now: 5 * day };
    const money = createDayMoney(() => clock.now);
    expect(money.take(6e8, 1)).toBe(true);
    expect(money.take(6e8, 1)).toBe(false);
    money.settle(6e8, 5e8);
    expect(money.spentNanoUsd()).toBe(5e8);
    expect(money.take(5e8, 1)).toBe(true);
    money.settle(5e8, 5e8);
    expect(money.take(1, 1)).toBe(false);
    clock.now += day;
    expect(money.spentNanoUsd()).toBe(0);
    expect(money.take(1e9, 1)).toBe(true);
  });

  it("is as far gone as it was kept, on the same day only", () => {
    const clock = { now: 5 * day };
    const money = createDayMoney(() => clock.now);
    money.take(7, 1);
    money.settle(7, 7e8);
    const kept = money.kept();
    expect(createDayMoney(() => clock.now, kept).take(4e8, 1)).toBe(false);
    clock.now += day;
    expect(createDayMoney(() => clock.now, kept).take(4e8, 1)).toBe(true);
  });

  it("is never gone beyond where nothing costs more than was expected, in whatever order things end", () => {
    const step = fc.record({ expected: fc.integer({ min: 0, max: 100 }), ends: fc.nat({ max: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 500 }), (steps, most) => {
        const money = createDayMoney(() => 0);
        const open: number[] = [];
        for (const { expected, ends } of steps) {
          if (money.take(expected, most / 1e9)) open.push(expected);
          for (let end = 0; end < ends; end += 1) {
            const ended = open.shift();
            if (ended !== undefined) money.settle(ended, ended);
          }
          expect(money.spentNanoUsd() + open.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
