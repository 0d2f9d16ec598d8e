import { type LearnedQuirk, learnedLayers } from "../capabilities/abilities/index.ts";
import { listModels, type ModelEntry, type ProviderRoute } from "../capabilities/routing/index.ts";
import { type KnownAbilities, mergeAbilities } from "../exchange/abilities.ts";
import { fitsGlob } from "../kernel/glob.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { ModelAbility, ModelState, ModelStates, ModelTarget, UpstreamHealth } from "./control.ts";
import { lanesOf } from "./lanes.ts";
import { modelPrice } from "./model-price.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SeenModel, UpstreamTallies } from "./upstream-tallies.ts";

type Tallies = Pick<UpstreamTallies, "ofModel" | "seen">;

/** The names a client may use with all that is known of their targets, and the models that requests have reached. */
export function modelStates(
  { table, rateCard }: Pick<Snapshot, "table" | "rateCard">,
  tallies: Tallies,
  { now, quirks }: { readonly now: EpochMs; readonly quirks: readonly LearnedQuirk[] },
): ModelStates {
  const priced = ({ provider, model }: SeenModel, priceProvider: string | undefined) =>
    modelPrice(rateCard.choose({ provider, priceProvider, model, at: now }));
  const targetOf = (target: SeenModel, route: ProviderRoute | undefined): ModelTarget => {
    const { provider, model } = target;
    const { endpoints = [], priceProvider, abilities = {} } = route?.targetOf(model) ?? {};
    return {
      ...{ provider, model },
      lanes: lanesOf(endpoints),
      price: priced(target, priceProvider),
      abilities: listed(abilities, learnedLayers(quirks, target)),
      ...tallies.ofModel(target),
    };
  };
  const seen = tallies.seen().filter(({ provider }) => table.providers.has(provider));
  const stateOf = (entry: ModelEntry): ModelState => ({
    ...entry,
    targets: entry.targets.map((target) => {
      const route = table.providers.get(target.provider);
      if (entry.kind !== "pattern" || route === undefined) return targetOf(target, route);
      // A pattern is no model: its price and its abilities are those of the model that is asked for.
      const fitting = seen.filter(
        ({ provider, model }) => provider === target.provider && fitsGlob(target.model, model),
      );
      return {
        ...target,
        lanes: lanesOf(route.targetOf("").endpoints),
        price: null,
        abilities: [],
        ...together(fitting.map(tallies.ofModel)),
      };
    }),
  });
  return {
    models: listModels(table).map(stateOf),
    seen: seen.map((target) => targetOf(target, table.providers.get(target.provider))),
  };
}

/** All that is known, what was learned over the rest. */
function listed(known: KnownAbilities, learned: ReturnType<typeof learnedLayers>): readonly ModelAbility[] {
  return Object.entries({ ...known, ...mergeAbilities(learned) }).map(([name, { value, source, asOf }]) => ({
    name,
    value,
    source,
    asOf,
  }));
}

/** The health of several models as one. */
function together(healths: readonly UpstreamHealth[]): UpstreamHealth {
  const sum = (of: "requests" | "failures"): number =>
    healths.reduce((total, health) => total + health[of], 0);
  return {
    requests: sum("requests"),
    failures: sum("failures"),
    lastTry: healths.find(({ lastTry }) => lastTry !== null)?.lastTry ?? null,
    errors: healths
      .flatMap(({ errors }) => errors)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, 5),
    firstByte: null,
  };
}
