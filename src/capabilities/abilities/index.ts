export { learnedLayers, operatorLayer } from "./known.ts";
export type { LearnedQuirk } from "./learned.ts";
export { createQuirkMemory } from "./learned.ts";
export { misfitOf } from "./misfit.ts";
export { type AbilityDifference, type CatalogModels, differences, readModelsDev } from "./models-dev.ts";
export { type Needs, needsOf } from "./needs.ts";
export {
  type AbilitiesSettings,
  abilitiesSettings,
  type CatalogSettings,
  catalogSettings,
} from "./settings.ts";
export { createAbilities } from "./stage.ts";
