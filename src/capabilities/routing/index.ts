export { type RoutingSettings, routingSettings } from "./settings.ts";
export type { ModelEntry, ProviderRoute, RoutingTable, TargetRef } from "./shapes.ts";
export { candidateOf, plan } from "./stage.ts";
export { listModels, resolveModel } from "./table.ts";
