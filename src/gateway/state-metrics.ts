import type { Meter } from "../ports/meter.ts";
import type { Control } from "./control.ts";

const seriesMax = 200;
/** Credit is full at so many requests' budgets. */
const fullCredit = 60;

/** How things stand, looked up at each reading. */
export function measureStates(
  meter: Meter,
  { coolDowns, slots, routing }: Pick<Control, "coolDowns" | "slots" | "routing">,
): void {
  const cooling = meter.gauge({
    name: "sallyport_cooldowns",
    help: "Targets and credentials that are left alone at present.",
  });
  const limits = meter.gauge({
    name: "sallyport_limit",
    help: "Requests that a target is given at once, where that is bounded.",
    labels: ["provider", "model"],
    seriesMax,
  });
  const credit = meter.gauge({
    name: "sallyport_routing_credit_ratio",
    help: "Of what a pool that learns may spend at once, how much there is: 1 when it is full.",
    labels: ["route"],
    seriesMax,
  });
  const coverage = meter.gauge({
    name: "sallyport_prediction_coverage",
    help: "Answers of late that were not longer than nine of ten should be, by the pool and the target; .9 is right.",
    labels: ["route", "target"],
    seriesMax,
  });
  meter.onRead(() => {
    cooling.series({}).set(coolDowns.list().length);
    for (const { provider, model, limit } of slots())
      if (limit !== undefined) limits.series({ provider, model }).set(limit);
    for (const { name, learned } of routing.routes()) {
      if (learned === undefined || learned.budgetNanoUsd === 0) continue;
      credit.series({ route: name }).set(learned.creditNanoUsd / (fullCredit * learned.budgetNanoUsd));
      for (const { target, share } of learned.coverage) coverage.series({ route: name, target }).set(share);
    }
  });
}
