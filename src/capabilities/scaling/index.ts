export type { PoolDemand } from "./demand-series.ts";
export { type ScalingSettings, scalingSettings } from "./settings.ts";
export { createScaling, type Scaling } from "./stage.ts";
