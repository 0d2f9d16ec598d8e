export { publishedContext, publishedName, publishedRates } from "./published.ts";
