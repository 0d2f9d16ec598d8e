import type { AbilityLayer, AbilityName, AbilityValues } from "../../exchange/abilities.ts";
import { fitsGlob } from "../../kernel/glob.ts";
import { isoTime } from "../../kernel/units.ts";
import type { LearnedQuirk } from "./learned.ts";
import type { AbilitiesSettings } from "./settings.ts";

interface NamedModel {
  readonly provider: string;
  readonly model: string;
}

/** What the operator's rows say of one model, the later over the earlier. */
export function operatorLayer(
  rows: AbilitiesSettings["models"],
  { provider, model }: NamedModel,
): AbilityLayer {
  const fitting = rows.filter(
    (row) => (row.provider === undefined || row.provider === provider) && fitsGlob(row.model, model),
  );
  const values: AbilityValues = Object.assign(
    {},
    ...fitting.map(({ provider: _, model: __, ...said }): AbilityValues => said),
  );
  return { source: "operator", asOf: null, values };
}

/** What a model that does not take a parameter is known not to have. */
const lacking: ReadonlyMap<string, AbilityName> = new Map([
  ["temperature", "sampling"],
  ["top_p", "sampling"],
  ["top_k", "sampling"],
  ["parallel_tool_calls", "parallelTools"],
  ["reasoning", "reasoning"],
  ["reasoning_effort", "reasoning"],
  ["prompt_cache_key", "cacheMarks"],
  ["prompt_cache_options", "cacheMarks"],
  ["prompt_cache_retention", "cacheMarks"],
]);

/** What the refusals of a model's provider have taught, as abilities it lacks; oldest first. */
export function learnedLayers(
  quirks: readonly LearnedQuirk[],
  { provider, model }: NamedModel,
): readonly AbilityLayer[] {
  return quirks.flatMap((quirk) => {
    const lack = lacking.get(quirk.healing.parameter);
    const isOf = quirk.provider === provider && quirk.model === model;
    if (!isOf || lack === undefined || quirk.healing.kind !== "remove" || quirk.state === "forbidden")
      return [];
    return [{ source: "learned", asOf: isoTime(quirk.learnedAt).slice(0, 10), values: { [lack]: false } }];
  });
}
