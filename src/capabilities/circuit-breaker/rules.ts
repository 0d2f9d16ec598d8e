import type { Rules } from "./breaker.ts";
import type { CircuitBreakerSettings, ClassicSettings } from "./settings.ts";

/** A model at a provider. */
export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** What one target is judged by: the rules named for it, or for its provider, or those of all. */
export function rulesFrom(settings: CircuitBreakerSettings): (target: TargetName) => Rules {
  const { targets, enforce, ...adaptive } = settings;
  const common: Rules = { kind: "adaptive", enforce, ...adaptive };
  const named = new Map(
    Object.entries(targets).map(([name, classic]) => [name, classicRules(classic, enforce)]),
  );
  if (named.size === 0) return () => common;
  return ({ provider, model }) => named.get(`${provider}/${model}`) ?? named.get(provider) ?? common;
}

const classicRules = (classic: ClassicSettings, enforce: boolean): Rules => ({
  kind: "classic",
  enforce,
  failureThreshold: classic.failure_threshold,
  openMs: classic.timeout_seconds * 1000,
  halfOpenRequests: classic.half_open_requests,
});
