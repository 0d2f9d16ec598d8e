export { publishedContext, publishedRates } from "./published.ts";
