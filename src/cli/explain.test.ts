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

  it("tells who is asked on trial, and what both cost against one alone", () => {
    const learned = {
      ...{ shape: "tools", budget: 0.002, price: 0.04, credit: 0.05, out_of_credit: false, propensities: {} },
      cascade: {
        ...{ first: "p/small", second: "p/large", right: 0.81, escalated: 0.05 },
        ...{ cost: 0.0006, cost_high: 0.012, alone: "p/large", cost_alone: 0.01 },
      },
    };
    expect(printDecision("pool", { ...decided, strategy: "learned", learned })).toBe(
      [
        "pool -> p/a  (learned)",
        "learned: a request of the kind `tools`, $0.0020 a request, $0.050 at once",
        "on trial: p/small, which will do in 81 %; p/large is asked where it does not keep its contract, in 5 %",
        "  $0.00060 for both, at most $0.012; $0.010 for p/large alone",
        "",
      ].join("\n"),
    );
  });
});
