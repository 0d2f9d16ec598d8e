import { describe, expect, it } from "vitest";
import { bytesInUse } from "./vitals.ts";

describe("memory in use", () => {
  it.for([
    { name: "is all but the free pages of the heap", physical: 600, used: 100, inUse: 400 },
    { name: "is all where the heap is full", physical: 600, used: 600, inUse: 900 },
    { name: "is never more than there is", physical: 600, used: 700, inUse: 900 },
  ])("$name", ({ physical, used, inUse }) => {
    expect(bytesInUse(900, { total_physical_size: physical, used_heap_size: used })).toBe(inUse);
  });
});
