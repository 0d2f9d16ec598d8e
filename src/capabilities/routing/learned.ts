/** The cores that evaluations measure without a gateway. */
export { type AmountHead, createAmountHead } from "./amount-head.ts";
export type { Arm } from "./arm.ts";
export { type Features, featuresOf, featuresOfPrompt } from "./features.ts";
export { createHead, type Head } from "./head.ts";
export { type Pick, pick, reservedOf } from "./pick.ts";
export { type Choosable, explored, type Rankable, rank } from "./rank.ts";
export { createRouteMemory } from "./route-memory.ts";
export { createSpending, type Spending } from "./spending.ts";
