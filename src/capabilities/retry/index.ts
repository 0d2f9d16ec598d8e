export type { FirstLimit } from "./first-limits.ts";
export { createHedges } from "./hedges.ts";
export { type Rules, rulesFrom } from "./rules.ts";
export { type ResilienceSettings, resilienceSettings } from "./settings.ts";
export { type CoolDownState, createRetries, type Retries, type RetryPorts } from "./stage.ts";
