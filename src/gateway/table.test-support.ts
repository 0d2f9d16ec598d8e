import { compileRateCard, type PriceRow, type RateCard, rateRows } from "../capabilities/pricing/index.ts";
import type { RoutingTable, TargetRef } from "../capabilities/routing/index.ts";
import { milliseconds } from "../kernel/units.ts";
import { upstreamCodecOf } from "./codecs.ts";
import { compileTable, type ProviderFacts } from "./snapshot.ts";

/** A provider of the catalogue, with a key. */
export const openaiFacts: ProviderFacts = {
  id: "openai",
  priceProvider: "openai",
  dialects: ["openai-chat", "openai-responses"],
  baseUrl: "https://api.openai.example/v1",
  credential: "sk-of-the-operator",
  headers: {},
  globs: ["gpt-*", "o3"],
  listed: [],
  headTimeout: milliseconds(1000),
  idleTimeout: milliseconds(1000),
};

/** The routing table of these providers. `claude…` has an output limit, nothing else has. */
export const compiled = (
  providers: readonly ProviderFacts[],
  pools: Readonly<Record<string, readonly TargetRef[]>> = {},
): RoutingTable =>
  compileTable({
    providers,
    pools: new Map(Object.entries(pools)),
    codecOf: upstreamCodecOf,
    abilitiesOf: (_, model) =>
      model.startsWith("claude")
        ? { outputTokensMax: { value: 64_000, source: "built in", asOf: "2026-11" } }
        : {},
  });

/** A price book of an operator's rows. */
export function cardOf(rows: readonly PriceRow[]): RateCard {
  const made = compileRateCard(rateRows(rows, "operator"));
  if (made.kind !== "card") throw new Error("the rows contradict each other");
  return made.card;
}
