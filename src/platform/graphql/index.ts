export { createGraphqlEngine } from "./engine.ts";
