import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "../../kernel/murmur3.ts";
import { buildRing, clockwise, loadMax } from "./ring.ts";

const members = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `10.0.0.${index}:8000`, weight: 1 }));
const hashes = Array.from({ length: 5000 }, (_, index) => murmur3(`key ${index}`, 0));

describe("buildRing", () => {
  it("gives each member 256 points for each unit of weight, in their order", () => {
    const { points, owners } = buildRing([
      { name: "a", weight: 1 },
      { name: "b", weight: 2.5 },
      { name: "c", weight: 0 },
    ]);
    expect(owners.filter((owner) => owner === 0)).toHaveLength(256);
    expect(owners.filter((owner) => owner === 1)).toHaveLength(640);
    expect(owners).toHaveLength(896);
    expect(points).toEqual(points.toSorted());
  });

  it("stays below its bound, however great the weights", () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ name: `m${index}`, weight: 1 + index * 5 }));
    const { owners } = buildRing(many);
    expect(owners.length).toBeLessThan(66_000);
    expect(new Set(owners).size).toBe(200);
  });
});

describe("clockwise", () => {
  it("leads to the owner of the next point, and from the last back to the first", () => {
    const ring = { points: Uint32Array.of(10, 20, 30), owners: Uint16Array.of(0, 1, 2) };
    const all = (): boolean => true;
    expect([0, 10, 11, 30, 31].map((hash) => clockwise(ring, hash, all))).toEqual([0, 0, 1, 2, 0]);
    expect(clockwise(ring, 11, (owner) => owner !== 1)).toBe(2);
    expect(clockwise(ring, 11, () => false)).toBeUndefined();
  });

  it("moves only the keys of a member that is lost, be it out or gone", () => {
    const ring = buildRing(members(8));
    const fewer = buildRing(members(8).with(3, { name: "10.0.0.3:8000", weight: 0 }));
    for (const hash of hashes) {
      const before = clockwise(ring, hash, () => true);
      const out = clockwise(ring, hash, (owner) => owner !== 3);
      expect(clockwise(fewer, hash, () => true)).toBe(out);
      if (before === 3) expect(out).not.toBe(3);
      else expect(out).toBe(before);
    }
  });
});

describe("loadMax", () => {
  it("is a quarter above the share, whole calls", () => {
    expect([0, 3, 4, 7].map((inFlight) => loadMax(inFlight, 1, 4))).toEqual([1, 2, 2, 3]);
    expect(loadMax(9, 3, 4)).toBe(10);
  });

  it("leaves room for one more call, whatever the weights and the loads below it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 1000 }),
        (weights, inFlight) => {
          const sum = weights.reduce((all, weight) => all + weight, 0);
          const room = weights.reduce((all, weight) => all + loadMax(inFlight, weight, sum), 0);
          expect(room).toBeGreaterThan(inFlight);
        },
      ),
    );
  });
});
