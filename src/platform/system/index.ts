export { createEndOfTurn } from "./end-of-turn.ts";
export { jsonLogger } from "./logger.ts";
export { systemClock, systemRandom, systemTimer } from "./system.ts";
export { type Vitals, watchProcess } from "./vitals.ts";
