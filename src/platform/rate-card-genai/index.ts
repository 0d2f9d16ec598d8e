export { publishedRates } from "./published.ts";
