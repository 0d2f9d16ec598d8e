export { type Bulkheads, createBulkheads } from "./bulkheads.ts";
export { createEntrance, type Entrance, type EntranceState, refusalError } from "./entrance.ts";
export { createInFlight, type InFlight } from "./in-flight.ts";
export type { Pressure } from "./levels.ts";
export { priorityOf } from "./priority.ts";
export { rulesFrom } from "./rules.ts";
export { type OverloadSettings, overloadSettings } from "./settings.ts";
export { admit } from "./stage.ts";
