export { createMeter, type PrometheusMeter } from "./create-meter.ts";
