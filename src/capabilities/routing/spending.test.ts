import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpending } from "./spending.ts";

const arms = [
  { quality: 0.7, cost: 1 },
  { quality: 0.9, cost: 10 },
];

describe("createSpending", () => {
  it("finds the price at which the last decisions would have cost the budget", () => {
    const spending = createSpending(1);
    for (let index = 0; index < 500; index += 1) {
      // The dear arm is worth more and more: half of the requests shall get it.
      spending.planned(
        [
          { quality: 0.5, cost: 1 },
          { quality: 0.5 + index / 1000, cost: 10 },
        ],
        0,
      );
    }
    spending.setBudget(5.5);
    const { price } = spending.state();
    // The 250th is worth .25 more for 9 more.
    expect((price * 9) / 5.5).toBeCloseTo(0.25, 2);
  });

  it("raises the price when more is spent than the budget, and lowers it when less is", () => {
    const over = createSpending(1);
    const under = createSpending(1);
    for (let index = 0; index < 50; index += 1) {
      over.planned(arms, 1);
      over.settled(3, 1);
      under.planned(arms, 1);
      under.settled(0.1, 1);
    }
    expect(over.price()).toBeGreaterThan(0.05);
    expect(under.price()).toBeLessThan(0.05);
  });

  it("keeps the share of its credit when the budget changes, and starts from what was kept", () => {
    const spending = createSpending(2);
    spending.setBudget(4);
    expect(spending.credit()).toBeCloseTo(80);
    const again = createSpending(2, spending.state());
    expect(again.credit()).toBeCloseTo(40);
    expect(again.state().price).toBe(spending.state().price);
  });

  it("never lets more be reserved than was granted, whatever comes in whichever order", () => {
    const request = fc.record({
      high: fc.double({ min: 0, max: 30, noNaN: true }),
      over: fc.double({ min: -1, max: 3, noNaN: true }),
      delay: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), (requests) => {
        const budget = 1;
        const spending = createSpending(budget);
        const open: { readonly due: number; readonly cost: number; readonly high: number }[] = [];
        let spent = 0;
        let beyond = 0;
        const settleUntil = (now: number): void => {
          for (const one of open.filter(({ due }) => due <= now)) {
            open.splice(open.indexOf(one), 1);
            spending.settled(one.cost, one.high);
            spent += one.cost;
            beyond += Math.max(0, one.cost - one.high);
          }
        };
        for (const [now, { high, over, delay }] of requests.entries()) {
          settleUntil(now);
          const reserved = high <= spending.credit() ? high : 0;
          spending.planned(arms, reserved);
          if (reserved === 0) continue;
          open.push({ due: now + delay, cost: Math.max(0, high * (1 + over / 3)), high: reserved });
        }
        settleUntil(Number.POSITIVE_INFINITY);
        expect(spent).toBeLessThanOrEqual(20 * budget + requests.length * budget + beyond + 1e-9);
      }),
    );
  });
});
