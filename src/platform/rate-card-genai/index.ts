export type { GenaiPriceList } from "./price-list.ts";
export { type GenaiRate, type GenaiRow, genaiRates } from "./rates.ts";
