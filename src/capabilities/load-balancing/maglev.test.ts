import { describe, expect, it } from "vitest";
import { murmur3 } from "../../kernel/murmur3.ts";
import { buildMaglev, lookUp, tableSize } from "./maglev.ts";

const members = (count: number, weight = (_: number) => 1) =>
  Array.from({ length: count }, (_, index) => ({ name: `10.0.0.${index}:8000`, weight: weight(index) }));

function countsOf(table: Uint16Array): readonly number[] {
  const counts: number[] = [];
  for (const owner of table) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

describe("tableSize", () => {
  it("is 65,537, and for many members the next prime above 100 for each", () => {
    expect([1, 100, 655, 656, 1000].map(tableSize)).toEqual([65_537, 65_537, 65_537, 65_609, 100_003]);
  });
});

describe("buildMaglev", () => {
  it.for([2, 10, 100])("shares %i equal members to within 2 %", (count) => {
    const table = buildMaglev(members(count));
    for (const slots of countsOf(table))
      expect(Math.abs(slots / (table.length / count) - 1)).toBeLessThan(0.02);
  });

  it("shares by weight, and gives nothing to weight 0", () => {
    const table = buildMaglev(members(10, (index) => index));
    const counts = countsOf(table);
    expect(counts[0]).toBeUndefined();
    for (let index = 1; index < 10; index += 1)
      expect(Math.abs((counts[index] ?? 0) / ((table.length * index) / 45) - 1)).toBeLessThan(0.02);
  });

  it("moves at most 2 % besides the slots of one lost member of a hundred", () => {
    const before = buildMaglev(members(100));
    for (const lost of [0, 41, 99]) {
      const after = buildMaglev(members(100, (index) => (index === lost ? 0 : 1)));
      let extra = 0;
      for (const [slot, owner] of before.entries()) if (owner !== lost && after[slot] !== owner) extra += 1;
      expect(extra / before.length).toBeLessThanOrEqual(0.02);
      expect(after).not.toContain(lost);
    }
  });

  it("is the same for the same members, whoever builds it", () => {
    expect(buildMaglev(members(5))).toEqual(buildMaglev(members(5)));
  });
});

describe("lookUp", () => {
  it("moves only the keys of a member that is out, and to many others", () => {
    const table = buildMaglev(members(20));
    const heirs = new Set<number | undefined>();
    for (let index = 0; index < 20_000; index += 1) {
      const hash = murmur3(`key ${index}`, 0);
      const before = lookUp(table, hash, () => true);
      const after = lookUp(table, hash, (member) => member !== 7);
      if (before === 7) heirs.add(after);
      else expect(after).toBe(before);
    }
    expect(heirs.size).toBeGreaterThan(15);
    expect(heirs.has(7)).toBe(false);
    expect(lookUp(table, 1, () => false)).toBeUndefined();
  });
});
