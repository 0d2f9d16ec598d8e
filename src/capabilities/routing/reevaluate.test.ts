import { describe, expect, it } from "vitest";
import { uniformOf } from "../../kernel/uniform.ts";
import { createSeededRandom } from "../../platform/memory/index.ts";
import type { Arm } from "./arm.ts";
import { type LoggedDecision, reevaluate } from "./reevaluate.ts";

const arm = (id: string, quality: number, cost: number): Arm => ({
  id,
  quality,
  health: 1,
  cost,
  costHigh: cost,
  seconds: 1,
  isNew: false,
});
const arms = [arm("cheap", 0.6, 1), arm("dear", 0.9, 10)] as const;

/** The dear one is right in nine of ten, the cheap one in six; the cheap one was tried in a tenth of the requests. */
function log(size: number): readonly LoggedDecision[] {
  const { bytes } = createSeededRandom(5);
  const random = (): number => uniformOf(bytes);
  const propensities = new Map([
    ["cheap", 0.1],
    ["dear", 0.9],
  ]);
  return Array.from({ length: size }, (_, at) => {
    const chosen = random() < 0.1 ? "cheap" : "dear";
    return { at, arms, propensities, chosen, outcome: random() < (chosen === "cheap" ? 0.6 : 0.9) ? 1 : 0 };
  });
}

describe("reevaluate", () => {
  it.for([
    [{ kind: "cheapest" }, 0.6, 1],
    [{ kind: "always", target: "cheap" }, 0.6, 1],
    [{ kind: "always", target: "dear" }, 0.9, 10],
    [{ kind: "budget", factor: 0.2 }, 0.6, 1],
    [{ kind: "budget", factor: 4 }, 0.9, 10],
  ] as const)("tells what %o would have come to", ([policy, quality, cost]) => {
    const told = reevaluate(log(4000), policy, 5);
    if (told.kind !== "told") throw new Error("nothing was told");
    expect(told.quality.dr.low).toBeLessThan(quality);
    expect(told.quality.dr.high).toBeGreaterThan(quality);
    expect(Math.abs(told.quality.dr.mean - quality)).toBeLessThan(0.06);
    expect(told.costNanoUsd).toBe(cost);
    expect(told.loggedQuality).toBeCloseTo(0.87, 1);
  });

  it("refuses where too little was chosen that way, and says how much would do", () => {
    const told = reevaluate(log(300), { kind: "cheapest" }, 5);
    expect(told).toMatchObject({ kind: "too-few", decisions: 300 });
    const { needed } = told.kind === "too-few" ? told : { needed: 0 };
    expect(needed).toBeGreaterThan(500);
    expect(needed).toBeLessThan(2000);
    expect(reevaluate([], { kind: "cheapest" }, 5)).toEqual({ kind: "too-few", decisions: 0, needed: null });
    expect(reevaluate(log(300), { kind: "always", target: "nobody" }, 5)).toEqual({
      kind: "too-few",
      decisions: 0,
      needed: null,
    });
  });
});
