export type { LearnedQuirk } from "./learned.ts";
export { createQuirkMemory } from "./learned.ts";
export { type AbilitiesSettings, abilitiesSettings } from "./settings.ts";
export { createAbilities } from "./stage.ts";
