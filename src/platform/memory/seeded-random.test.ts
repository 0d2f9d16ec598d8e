import { describe, expect, it } from "vitest";
import { createSeededRandom } from "./seeded-random.ts";

describe("createSeededRandom", () => {
  it("gives the same bytes for the same seed, others for another, and fresh ones each time", () => {
    const first = createSeededRandom(7);
    const again = createSeededRandom(7);
    const bytes = first.bytes(32);
    expect(again.bytes(32)).toEqual(bytes);
    expect(first.bytes(32)).not.toEqual(bytes);
    expect(createSeededRandom(8).bytes(32)).not.toEqual(bytes);
  });

  it("spreads evenly: every byte value within a quarter of its expected count", () => {
    const counts = new Uint32Array(256);
    for (const byte of createSeededRandom(1).bytes(256 * 1000)) counts[byte] = (counts[byte] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(750);
    expect(Math.max(...counts)).toBeLessThan(1250);
  });
});
