import { type BaseRates, type RateRow, rateRows } from "../capabilities/pricing/index.ts";
import type { KnownProvider } from "../config/resolve-provider.ts";
import type { AbilityLayer } from "../exchange/abilities.ts";
import type { CatalogFacts, ModelLayers, ProviderWays } from "../gateway/compile-config.ts";
import { createExpressions } from "../platform/cel/index.ts";
import { createSigV4 } from "../platform/credential-sigv4/index.ts";
import { publishedContext, publishedName, publishedRates } from "../platform/rate-card-genai/index.ts";
import { createOutboundSigner } from "../platform/request-signature/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import {
  type CatalogProvider,
  catalogProviders,
  modelAbilitiesAsOf,
  modelAbilitiesOf,
  priceFactors,
  sandboxAbilitiesOf,
  sandboxModelNames,
  sandboxPrices,
  sandboxProvider,
} from "../providers/catalog/index.ts";

/** The providers that a configuration may name by their id alone. */
export const knownProviders = (): readonly KnownProvider[] => catalogProviders;

/** What counts beside the built-in catalogue. */
export interface RunningBooks {
  /** What a catalogue from outside says of a model, where there is one. */
  readonly refreshed: (catalogId: string, model: string) => AbilityLayer | undefined;
  /** Price rows that were set while the gateway runs. */
  readonly setRows: CatalogFacts["setRows"];
  readonly graphql?: CatalogFacts["graphql"];
}

/** What the catalogue adds to each configuration. */
export function catalogFacts({ refreshed, setRows, graphql }: RunningBooks): CatalogFacts {
  return {
    rows: [...sandboxRows(), ...localRows(), ...rateRows(priceFactors, "catalogue")],
    baseName: publishedName,
    setRows,
    expressions: createExpressions(),
    ...(graphql === undefined ? {} : { graphql }),
    baseRates: publishedPrices(),
    abilitiesOf: (known, model) => abilitiesOf(entryOf(known), model, refreshed),
    listedOf: (known) => (known === sandboxProvider ? sandboxModelNames : []),
    waysOf: (known) => waysOf(entryOf(known)),
    signAws: (credentials) => createSigV4({ ...credentials, service: "bedrock" }, systemClock),
    signRequests: (settings) =>
      createOutboundSigner(settings, { clock: systemClock, random: systemRandom() }),
  };
}

function abilitiesOf(
  entry: CatalogProvider | undefined,
  model: string,
  refreshed: (catalogId: string, model: string) => AbilityLayer | undefined,
): ModelLayers {
  const isSandbox = entry?.id === sandboxProvider;
  const values = isSandbox ? sandboxAbilitiesOf(model) : modelAbilitiesOf(model);
  const context = entry === undefined ? undefined : publishedContext(priceNameOf(entry), model);
  const catalogId = catalogIdOf(entry?.id);
  const outside = catalogId === undefined ? undefined : refreshed(catalogId, model);
  return {
    listed:
      context === undefined
        ? []
        : [{ source: context.source, asOf: null, isRough: true, values: { contextTokens: context.tokens } }],
    own: [
      { source: "built in", asOf: modelAbilitiesAsOf, values },
      ...(outside === undefined ? [] : [outside]),
    ],
  };
}

/** What a catalogue from outside calls a provider of ours; `undefined` for one of the operator's own. */
export function catalogIdOf(known: string | undefined): string | undefined {
  const entry = entryOf(known);
  return entry === undefined ? undefined : (entry.modelsDevId ?? entry.id);
}

const priceNameOf = ({ id, priceProvider }: CatalogProvider): string => priceProvider ?? id;

function waysOf(entry: CatalogProvider | undefined): ProviderWays {
  return {
    forwards: entry?.forwards ?? [],
    ...(entry?.quirks === undefined ? {} : { quirks: entry.quirks }),
    ...(entry?.credentialHeader === undefined ? {} : { credentialHeader: entry.credentialHeader }),
  };
}

const entryOf = (known: string | undefined): CatalogProvider | undefined =>
  catalogProviders.find(({ id }) => id === known);

/** The published price list beneath all rows; a provider of the operator's own naming has no price in it, never a guessed one. */
function publishedPrices(): BaseRates {
  return (provider, model) => {
    const entry = entryOf(provider);
    return publishedRates(entry === undefined ? provider : priceNameOf(entry), model);
  };
}

function sandboxRows(): readonly RateRow[] {
  const rows = sandboxPrices.map(({ model, ...usdPerMillion }) => ({
    match: { provider: sandboxProvider, model },
    usdPerMillion,
    source: "sandbox: invented",
  }));
  return rateRows(rows, "catalogue");
}

/** A model on one's own machine is free, by a row that says so. */
function localRows(): readonly RateRow[] {
  const local = catalogProviders.filter(
    ({ id, environment }) => environment.length === 0 && id !== sandboxProvider,
  );
  const rows = local.map(({ id: provider }) => ({
    match: { provider, model: "*" },
    usdPerMillion: { input: 0, output: 0 },
    source: "runs on this machine",
  }));
  return rateRows(rows, "catalogue");
}
