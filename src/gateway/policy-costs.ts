import { fund, priceOf } from "../capabilities/pricing/index.ts";
import type { Target, Upstream } from "../exchange/target.ts";
import { fitsGlob } from "../kernel/glob.ts";
import { tokens } from "../kernel/units.ts";
import type { Asked } from "./guards.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a request may cost, 10^-9 US dollars; `undefined`: nobody knows. */
export interface TargetCosts {
  readonly estimate: number | undefined;
  readonly worst: number | undefined;
}

/** Of an answer whose length is not known. */
const usualOutputTokens = 300;
const pricedTokens = 1000;
const tokensPerMillion = 1e6;
const nanoUsdPerUsd = 1e9;

/** What a request costs at the first target that its model names; `undefined`: it names none, or is no call of a model. */
export function targetCosts(asked: Asked): TargetCosts | undefined {
  if (asked.call === undefined) return undefined;
  const target = firstTarget(asked.call.facts.model, asked.trail.snapshot);
  return target === undefined ? undefined : costsAt(asked, target);
}

/** What it costs at this one. */
export function costsAt({ call, trail }: Asked, target: Target): TargetCosts {
  if (call === undefined) return { estimate: undefined, worst: undefined };
  const { outputTokensMax } = call.facts;
  const of = (outputTokens: number | undefined): number | undefined => {
    const facts = { ...call.facts, outputTokensMax: outputTokens };
    const asked = { at: trail.at, body: call.body, facts, plan: { candidates: [{ target }] as const } };
    return fund(asked, trail.snapshot.rateCard, "alert").funding.worstCaseNanoUsd ?? undefined;
  };
  return {
    estimate: of(Math.min(usualOutputTokens, outputTokensMax ?? usualOutputTokens)),
    worst: of(outputTokensMax),
  };
}

/** US dollars for a million tokens; `undefined`: nobody knows. */
export function pricesAt(
  { trail: { snapshot, at }, call }: Asked,
  { provider, model, region, ...rest }: Upstream & Partial<Pick<Target, "priceProvider">>,
): { readonly in: number; readonly out: number } | undefined {
  const priced = { provider, priceProvider: rest.priceProvider, region, model, at, tier: call?.facts.tier };
  const of = (input: number, output: number): number | undefined => {
    const usage = {
      input: { total: tokens(input) },
      output: { total: tokens(output) },
      basis: "estimated",
    } as const;
    const { nanoUsd } = priceOf(snapshot.rateCard, priced, usage);
    return nanoUsd === null ? undefined : (nanoUsd / pricedTokens / nanoUsdPerUsd) * tokensPerMillion;
  };
  const [one, other] = [of(pricedTokens, 0), of(0, pricedTokens)];
  return one === undefined || other === undefined ? undefined : { in: one, out: other };
}

function firstTarget(model: string, { table }: Snapshot): Target | undefined {
  const pooled = table.pools.get(model)?.[0];
  if (pooled !== undefined) return table.providers.get(pooled.provider)?.targetOf(pooled.model);
  const slash = model.indexOf("/");
  const named = slash < 0 ? undefined : table.providers.get(model.slice(0, slash));
  if (named !== undefined) return named.targetOf(model.slice(slash + 1));
  return [...table.providers.values()]
    .find(({ globs }) => globs.some((glob) => fitsGlob(glob, model)))
    ?.targetOf(model);
}
