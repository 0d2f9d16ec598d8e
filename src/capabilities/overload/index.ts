export { createInFlight, type InFlight } from "./in-flight.ts";
export { type OverloadSettings, overloadSettings } from "./settings.ts";
export { admit } from "./stage.ts";
