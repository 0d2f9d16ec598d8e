import { describe, expect, it } from "vitest";
import type { LimitState } from "../../generated/client.ts";
import { draftOfLimit, emptyLimit, wantedLimitOf } from "./limit-draft.ts";

const state: LimitState = {
  id: "team",
  origin: "run-time",
  scope: ["project", "model"],
  unit: "total_tokens",
  limit: 5000,
  perMs: 90_500,
  burst: 9000,
  for: { tenants: ["acme"], projects: [], keys: ["k1"], routes: [], models: ["gpt-*"] },
  adaptiveFloor: 0.3,
  halvedOnAnomaly: true,
  factor: 1,
  admitted: 0,
  refused: 0,
  buckets: 0,
  fill: 0,
  top: [],
};

describe("a limit as it is typed", () => {
  it("says the same when nothing was changed", () => {
    expect(wantedLimitOf(draftOfLimit(state))).toEqual({
      scope: ["project", "model"],
      unit: "total_tokens",
      limit: 5000,
      perMs: 90_500,
      burst: 9000,
      tenants: ["acme"],
      projects: [],
      keys: ["k1"],
      routes: [],
      models: ["gpt-*"],
      adaptive: { floor: 0.3 },
      halvedOnAnomaly: true,
    });
  });

  it("takes as much at once as in its span when no burst is typed", () => {
    expect(wantedLimitOf({ ...emptyLimit, limit: "3" })).not.toHaveProperty("burst");
    expect(draftOfLimit({ ...state, burst: 5000 }).burst).toBe("");
  });
});
