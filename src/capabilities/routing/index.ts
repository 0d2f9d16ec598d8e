export { createFigures, type Spread } from "./figures.ts";
export { narrowed, readHints } from "./hints.ts";
export { type RoutingSettings, routingSettings, strategyNamed } from "./settings.ts";
export type { ModelEntry, ProviderRoute, RouteRules, RoutingTable, TargetRef } from "./shapes.ts";
export { type Chooser, candidateOf, decideRoute, type Expected, plan } from "./stage.ts";
export { listModels, resolveModel } from "./table.ts";
