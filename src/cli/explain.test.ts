import { describe, expect, it } from "vitest";
import { printDecision } from "./explain.ts";

describe("printDecision", () => {
  const decided: Parameters<typeof printDecision>[1] = {
    ...{ service_id: "p/a", estimated_cost: null, estimated_latency_ms: 1, score: 0, reason: "" },
    ...{ strategy: "conditional", chosen_by: "score", propensity: 1 },
    ...{ ranked: [], refused: [], learned: null, case: null, flip: null },
  };
  it.for<{ found: (typeof decided)["case"]; line: string }>([
    { found: null, line: "pool -> p/a  (conditional)\n" },
    {
      found: { taken: "2", when: "ai.tools > 0", strategy: "priority" },
      line: "pool -> p/a  (conditional: case 2, `ai.tools > 0`, by priority)\n",
    },
    {
      found: { taken: "else", when: null, strategy: "cost-optimized" },
      line: "pool -> p/a  (conditional: no case holds, else, by cost-optimized)\n",
    },
    {
      found: { taken: "none", when: null, strategy: "priority" },
      line: "pool -> p/a  (conditional: no case holds, in their order)\n",
    },
  ])("tells the case $found.taken", ({ found, line }) => {
    expect(printDecision("pool", { ...decided, case: found })).toBe(line);
  });
});
