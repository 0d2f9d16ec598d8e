export { outputReserve } from "./amounts.ts";
export { anthropicFields, openAiFields, rateLimitFields } from "./answer-fields.ts";
export { readLimitSettings } from "./kept-state.ts";
export type { Limit, Subject } from "./limit.ts";
export type { Standing } from "./limiter.ts";
export { createOutputLengths, type OutputLengths } from "./output-lengths.ts";
export type { LimitReading } from "./read-model.ts";
export { faultOf, type LimitSettings, limitFrom, limitSettings, limitsSettings } from "./settings.ts";
export { createRateLimits, type LimitAsk, type Passed, type RateLimits } from "./stage.ts";
