export type { StateSource } from "./restore.ts";
export { type ContinuitySettings, continuitySettings } from "./settings.ts";
export { type Continuity, createContinuity } from "./stage.ts";
