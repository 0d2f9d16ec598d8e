export { modelAbilitiesAsOf, modelAbilitiesOf } from "./model-abilities.ts";
export { priceFactors } from "./price-rows.ts";
export type { CatalogProvider } from "./provider.ts";
export { catalogProviders } from "./providers.ts";
export { sandboxAbilitiesOf, sandboxModelNames, sandboxPrices, sandboxProvider } from "./sandbox.ts";
