import { createRetries, type Retries, type RetryPorts } from "../capabilities/retry/index.ts";
import type { Target } from "../exchange/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** Retries and cool-downs, by the budget of the running configuration; what cools down is logged and counted. */
export function createRetrier(
  { clock, random, logger }: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  snapshot: () => Snapshot,
  metrics: Pick<RequestMetrics, "cooledDown" | "triedAgain" | "firstMissed">,
  {
    onAnswered,
    onCooled,
    accountOf,
  }: Pick<RetryPorts, "onCooled" | "accountOf"> & {
    readonly onAnswered: (
      target: Pick<Target, "provider" | "model">,
      headers: ReadonlyMap<string, string>,
    ) => void;
  },
): Retries {
  const retries = createRetries({
    clock,
    random,
    budget: () => snapshot().retryBudget,
    accountOf,
    onCooled: (fact) => {
      metrics.cooledDown(fact.reason);
      logger.info("a target cools down", { ...fact });
      onCooled(fact);
    },
  });
  return {
    ...retries,
    answered: (target, headers, tookMs) => {
      onAnswered(target, headers);
      retries.answered(target, headers, tookMs);
    },
    firstMissed: (target, promptBytes, ms) => {
      metrics.firstMissed(target.provider);
      retries.firstMissed(target, promptBytes, ms);
    },
    mayTry: (target, kind) => {
      const isPaid = retries.mayTry(target, kind);
      metrics.triedAgain(isPaid ? kind : "refused");
      return isPaid;
    },
  };
}
