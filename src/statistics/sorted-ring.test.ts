import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSortedRing } from "./sorted-ring.ts";

describe("createSortedRing", () => {
  it("holds the last values, by age and by size", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 })),
        fc.integer({ min: 1, max: 9 }),
        (pushed, most) => {
          const ring = createSortedRing(most);
          for (const value of pushed) ring.push(value);
          const last = pushed.slice(-most);
          expect(ring.values()).toEqual(last);
          const sorted = last.toSorted((left, right) => left - right);
          expect(ring.count()).toBe(sorted.length);
          for (const [index, value] of sorted.entries()) expect(ring.rank(index + 1)).toBe(value);
          expect(ring.rank(sorted.length + 3)).toBe(sorted.at(-1));
          const again = createSortedRing(most, ring.values());
          expect(again.values()).toEqual(last);
        },
      ),
    );
  });
});
