export { outputTokensMaxOf } from "./limits.ts";
export type { CatalogProvider } from "./provider.ts";
export { catalogProviders } from "./providers.ts";
export { sandboxModelNames, sandboxPrices, sandboxProvider } from "./sandbox.ts";
