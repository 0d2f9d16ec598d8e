export { outputTokensMaxOf } from "./limits.ts";
export { type CatalogProvider, catalogProviders } from "./providers.ts";
export { sandboxModelNames, sandboxPrices, sandboxProvider } from "./sandbox.ts";
