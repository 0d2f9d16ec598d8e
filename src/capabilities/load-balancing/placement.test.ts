import { describe, expect, it } from "vitest";
import { createPlacement } from "./placement.ts";

/** Serves one request of `work` tokens at `perToken` seconds each, alone. */
function serve(
  placement: ReturnType<typeof createPlacement>,
  member: string,
  perToken: number,
  from: number,
) {
  const work = 100;
  placement.begin(member, from).succeeded(work, from + work * perToken);
}

describe("createPlacement", () => {
  it("assumes .015 s a token and .0007 more for each request beside it", () => {
    const placement = createPlacement();
    expect(placement.predict("a", 100, 0)).toBeCloseTo(100 * (0.015 + 0.0007), 9);
    placement.begin("a", 0);
    placement.begin("a", 0);
    expect(placement.inFlight("a")).toBe(2);
    expect(placement.predict("a", 100, 0)).toBeCloseTo(100 * (0.015 + 3 * 0.0007), 9);
    // The others are not touched by it.
    expect(placement.predict("b", 100, 0)).toBeCloseTo(100 * (0.015 + 0.0007), 9);
  });

  it("learns how fast each is, and takes a new one to be as the others are", () => {
    const placement = createPlacement();
    for (let index = 0; index < 50; index += 1) {
      serve(placement, "fast", 0.01, index);
      serve(placement, "slow", 0.05, index);
    }
    expect(placement.predict("fast", 100, 50)).toBeLessThan(2);
    expect(placement.predict("slow", 100, 50)).toBeGreaterThan(4);
    const unknown = placement.predict("new", 100, 50);
    expect(unknown).toBeGreaterThan(2);
    expect(unknown).toBeLessThan(4);
  });

  it("keeps away from what fails, the more so the oftener, and comes back", () => {
    const placement = createPlacement();
    const usual = placement.predict("a", 100, 0);
    placement.begin("a", 0).failed(0);
    const once = placement.predict("a", 100, 0);
    placement.begin("a", 0).failed(0);
    expect(once).toBeCloseTo(6 * usual, 9);
    expect(placement.predict("a", 100, 0)).toBeCloseTo(11 * usual, 9);
    expect(placement.predict("a", 100, 100)).toBeLessThan(1.001 * usual);
    placement.begin("a", 100).succeeded(1, 100);
    expect(placement.predict("a", 100, 100)).toBeCloseTo(usual, 9);
  });

  it("counts an end once, and learns nothing from what was cut off or was too short", () => {
    const placement = createPlacement();
    const placed = placement.begin("a", 0);
    placed.left(10);
    placed.succeeded(100, 20);
    placed.failed(30);
    placement.begin("a", 0).succeeded(7, 100);
    expect(placement.inFlight("a")).toBe(0);
    expect(placement.predict("a", 100, 0)).toBeCloseTo(100 * (0.015 + 0.0007), 9);
  });
});
