import { type BaseRates, type RateRow, rateRows } from "../capabilities/pricing/index.ts";
import type { KnownProvider } from "../config/resolve-provider.ts";
import type { CatalogFacts, ProviderWays } from "../gateway/compile-config.ts";
import { createSigV4 } from "../platform/credential-sigv4/index.ts";
import { publishedRates } from "../platform/rate-card-genai/index.ts";
import { systemClock } from "../platform/system/index.ts";
import {
  type CatalogProvider,
  catalogProviders,
  outputTokensMaxOf,
  sandboxModelNames,
  sandboxPrices,
  sandboxProvider,
} from "../providers/catalog/index.ts";

/** The providers that a configuration may name by their id alone. */
export const knownProviders = (): readonly KnownProvider[] => catalogProviders;

/** What the catalogue adds to each configuration. */
export function catalogFacts(): CatalogFacts {
  return {
    rows: [...sandboxRows(), ...localRows()],
    baseRates: publishedPrices(),
    outputTokensMaxOf,
    listedOf: (known) => (known === sandboxProvider ? sandboxModelNames : []),
    waysOf: (known) => waysOf(entryOf(known)),
    signAws: (credentials) => createSigV4({ ...credentials, service: "bedrock" }, systemClock),
  };
}

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
  return (provider, model) => publishedRates(entryOf(provider)?.priceProvider ?? provider, model);
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
