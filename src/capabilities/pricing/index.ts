export { priceOf, recomputed } from "./cost.ts";
export { createDriftWatch, type Drift } from "./drift.ts";
export { type EgressRow, egressOf, egressRate } from "./egress.ts";
export { type BaseRates, type Compiled, compileRateCard, type RateCard } from "./rate-card.ts";
export type { PricedCall, Rate, RateRow } from "./rate-row.ts";
export { rateRows } from "./rows.ts";
export { faultOfRows, isPriceRow, type PriceRow, type PricingSettings, pricingSettings } from "./settings.ts";
export { type Funding, fund } from "./stage.ts";
export type { CallSize, WorstCase } from "./worst-case.ts";
