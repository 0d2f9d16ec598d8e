export type { Mode, Phase, Reason } from "./breaker.ts";
export type { Change } from "./breakers.ts";
export type { BreakerState } from "./read-model.ts";
export { rulesFrom, type TargetName } from "./rules.ts";
export { type CircuitBreakerSettings, circuitBreakerSettings } from "./settings.ts";
export { type CircuitBreakers, createCircuitBreakers } from "./stage.ts";
