import { describe, expect, it } from "vitest";
import { readKept } from "./kept-state.ts";
import { createRouteMemory } from "./route-memory.ts";

const random = (): number => 0.5;

describe("what a route knows of contracts", () => {
  it("moves from what is usual to what was seen", () => {
    const memory = createRouteMemory(random);
    expect(memory.keeps("small")).toBe(0.95);
    for (let answer = 0; answer < 100; answer += 1) memory.checked("small", answer % 2 === 0);
    expect(memory.keeps("small")).toBeCloseTo((50 + 19) / 120, 1);
    expect(memory.keeps("large")).toBe(0.95);
  });

  it("is there again after a restart, and is not needed to begin with what was stored before it existed", () => {
    const memory = createRouteMemory(random);
    memory.quality("small", 0.8, undefined);
    memory.checked("small", false);
    memory.rescued("large", { sum: 1, count: 1 });
    const kept = memory.kept();
    expect([kept.contracts?.size, kept.rescues?.size]).toEqual([1, 1]);
    const state = { version: 1, routes: new Map([["pool", kept]]) };
    expect(readKept(structuredClone(state))?.routes.get("pool")).toEqual(kept);
    const again = createRouteMemory(random, kept);
    expect(again.keeps("small")).toBe(memory.keeps("small"));
    const { contracts: _contracts, rescues: _rescues, ...older } = kept;
    expect(readKept({ version: 1, routes: new Map([["pool", older]]) })).toBeDefined();
  });

  it("learns nothing while it is frozen", () => {
    const memory = createRouteMemory(random);
    memory.freeze(true);
    memory.checked("small", false);
    memory.rescued("small", { sum: 0, count: 1 });
    expect(memory.keeps("small")).toBe(0.95);
    expect(memory.kept().rescues?.size).toBe(0);
  });
});
