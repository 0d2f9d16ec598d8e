import {
  type BreakerState,
  type CircuitBreakers,
  createCircuitBreakers,
  type Mode,
  type TargetName,
} from "../capabilities/circuit-breaker/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** The circuit breakers, by the rules of the running configuration; their steps are logged and measured. */
export function createBreakers(
  { clock, random, logger }: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  snapshot: () => Snapshot,
  metrics: Pick<RequestMetrics, "circuitState">,
  onChanged: () => void,
): CircuitBreakers {
  return createCircuitBreakers({
    clock,
    random,
    rulesOf: (target) => snapshot().breakerRulesOf(target),
    onChange: ({ provider, model }, { from, to, reason }) => {
      metrics.circuitState(provider, model, levels[to]);
      const said = to === "closed" ? logger.info : logger.warn;
      said("a circuit breaker changes", { provider, model, from, to, reason: reason ?? "" });
      onChanged();
    },
  });
}

const levels = { closed: 0, half_open: 1, ramp: 1, degraded: 2, open: 2 } as const;

/** Sets the mode of the breaker that `provider/model` names; `undefined`: there is no such provider or service. */
export const setModeOf =
  (breakers: Pick<CircuitBreakers, "setMode">, snapshot: () => Snapshot) =>
  (name: string, mode: Mode): BreakerState | undefined => {
    const target = targetNamed(name, snapshot());
    return target && breakers.setMode(target, mode);
  };

/** The target that `provider/model` names, at a provider that there is. */
function targetNamed(
  name: string,
  { table, services }: Pick<Snapshot, "table" | "services">,
): TargetName | undefined {
  const slash = name.indexOf("/");
  const target = { provider: name.slice(0, Math.max(0, slash)), model: name.slice(slash + 1) };
  const isKnown = table.providers.has(target.provider) || services.has(target.provider);
  return target.model !== "" && isKnown ? target : undefined;
}
