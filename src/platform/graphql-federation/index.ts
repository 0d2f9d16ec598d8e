export { openSupergraph } from "./open-supergraph.ts";
