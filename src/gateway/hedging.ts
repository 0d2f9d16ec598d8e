import { createHedges } from "../capabilities/retry/index.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import type { Clock } from "../ports/clock.ts";
import type { RequestMetrics } from "./metrics.ts";

/** Copies of late requests, which stop while requests are refused for want of room or the process is under pressure; both are measured. */
export function createHedging(
  clock: Clock,
  metrics: Pick<RequestMetrics, "hedged" | "shed">,
  isCalm: () => boolean,
): Pick<AttemptPorts, "hedges" | "onShed"> {
  const hedges = createHedges(() => clock.monotonic());
  return {
    hedges: {
      ...hedges,
      take: (rules, costNanoUsd) => isCalm() && hedges.take(rules, costNanoUsd),
      onHedge: metrics.hedged,
    },
    onShed: (reason, priority) => {
      hedges.shed();
      metrics.shed(reason, priority);
    },
  };
}
