import fc from "fast-check";
import { expect, it } from "vitest";
import { createHedges } from "./hedges.ts";

const rules = { budget: 0.02 };

it("copies stay a share of the requests, however late all of them are; ten are saved up at most", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 2000 }), (lates) => {
      const hedges = createHedges(() => 0);
      let copies = 0;
      let requests = 0;
      for (const isLate of lates) {
        hedges.begun(rules);
        requests += 1;
        if (isLate && hedges.take(rules, 1)) copies += 1;
        expect(copies).toBeLessThanOrEqual(requests * rules.budget + 1e-9);
      }
    }),
  );
  const hedges = createHedges(() => 0);
  for (let request = 0; request < 10_000; request += 1) hedges.begun(rules);
  let copies = 0;
  while (hedges.take(rules, 1)) copies += 1;
  expect(copies).toBe(10);
});

it("copies cost no more than they may in an hour; what has no price is not copied then", () => {
  let now = 0;
  const hedges = createHedges(() => now);
  const dear = { budget: 0.05, usdPerHour: 1 };
  for (let request = 0; request < 300; request += 1) hedges.begun(dear);
  expect(hedges.take(dear, 0.6e9)).toBe(true);
  expect(hedges.take(dear, 0.6e9)).toBe(false);
  expect(hedges.take(dear, null)).toBe(false);
  expect(hedges.take({ budget: 0.05 }, null)).toBe(true);
  expect(hedges.take(dear, 0.4e9)).toBe(true);
  now = 3_600_000;
  expect(hedges.take(dear, 0.6e9)).toBe(true);
});

it("nothing is copied while requests are refused for want of room", () => {
  let now = 0;
  const hedges = createHedges(() => now);
  for (let request = 0; request < 100; request += 1) hedges.begun(rules);
  hedges.shed();
  now = 9999;
  expect(hedges.take(rules, 1)).toBe(false);
  now = 10_000;
  expect(hedges.take(rules, 1)).toBe(true);
});
