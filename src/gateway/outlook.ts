import { runsOutOn } from "../capabilities/cost-forecast/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { MonthRunsOut } from "./budgets.ts";
import type { Control } from "./control.ts";
import { createCosts } from "./costs.ts";
import { createDemand } from "./demand.ts";
import { costMemory, demandMemory, type Memory } from "./keep-learned.ts";
import type { Snapshot } from "./snapshot.ts";

/** What is foretold of the days to come: the demand on pools, and what all of it will cost. */
export interface Outlook {
  readonly settled: (record: RequestRecord) => void;
  readonly configure: (snapshot: Pick<Snapshot, "scaling">) => void;
  readonly memories: readonly Memory[];
  readonly control: Pick<Control, "demand" | "costs">;
  readonly runsOut: MonthRunsOut;
}

export function createOutlook(
  parts: Parameters<typeof createDemand>[0] & Parameters<typeof createCosts>[0],
  snapshot: Parameters<typeof createDemand>[1],
  metrics: Parameters<typeof createDemand>[2],
  routes: Parameters<typeof createCosts>[1],
): Outlook {
  const demand = createDemand(parts, snapshot, metrics);
  const costs = createCosts(parts, routes);
  return {
    settled: (record) => {
      demand.settled(record);
      costs.forecaster.settled(record);
    },
    configure: ({ scaling }) => demand.configure(scaling),
    memories: [demandMemory(demand, parts.clock), costMemory(costs.forecaster)],
    control: { demand: demand.states, costs: costs.control },
    runsOut: (scope, budgetUsd) => {
      const told = costs.forecaster.forecast(scope, parts.clock.now());
      return told === undefined ? undefined : runsOutOn(told, budgetUsd);
    },
  };
}
