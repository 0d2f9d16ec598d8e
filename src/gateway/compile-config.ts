import {
  type BaseRates,
  compileRateCard,
  type PricingSettings,
  type RateCard,
  type RateRow,
  rateRows,
} from "../capabilities/pricing/index.ts";
import type { Config } from "../config/schema.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import { upstreamCodecOf } from "./codecs.ts";
import { compileTable, type ProviderFacts, type Snapshot } from "./snapshot.ts";

/** What the catalogue knows beside the configuration. */
export interface CatalogFacts {
  /** Our own dated price rows; the configuration's come before them. */
  readonly rows: readonly RateRow[];
  /** Prices of what no row names. */
  readonly baseRates: BaseRates;
  readonly outputTokensMaxOf: (model: string) => number | undefined;
  /** Models to be listed for a provider of this catalogue entry: only the sandbox names all of its own. */
  readonly listedOf: (known: string | undefined) => readonly string[];
  /** Client headers to be forwarded to a provider of this entry besides those of its dialect. */
  readonly forwardsOf: (known: string | undefined) => readonly string[];
}

/** Compiles one configuration into what requests read. Pure; throws what the price rows are wrong about. */
export function compileConfig(config: Config, generation: number, catalog: CatalogFacts): Snapshot {
  return {
    generation,
    generationText: String(generation),
    table: compileTable({
      providers: Object.values(config.providers).map((provider) => factsOf(provider, catalog)),
      pools: new Map(Object.entries(config.models).map(([name, pool]) => [name, pool.targets])),
      codecOf: upstreamCodecOf,
      outputTokensMaxOf: catalog.outputTokensMaxOf,
    }),
    rateCard: rateCardOf(config.pricing, catalog),
    unknownModel: config.pricing.unknownModel,
    raw: config.raw,
    bodyBytesMax: config.server.limits.bodyBytesMax,
    headersMax: config.server.limits.headersMax,
    inFlightMax: config.overload.inFlightMax,
  };
}

/** @throws GatewayError `malformed_request` when two rows contradict each other: the revision is refused. */
function rateCardOf(pricing: PricingSettings, catalog: CatalogFacts): RateCard {
  const compiled = compileRateCard(
    [...rateRows(pricing.rows, "operator"), ...catalog.rows],
    catalog.baseRates,
  );
  if (compiled.kind === "card") return compiled.card;
  const [row] = compiled.rows;
  const message = `two rows of \`pricing.rows\` match the same calls of \`${row.match.model}\` from the same moment; keep one, or give one a later \`validFrom\``;
  throw new GatewayError("malformed_request", message, { message });
}

function factsOf(provider: Config["providers"][string], catalog: CatalogFacts): ProviderFacts {
  return {
    id: provider.id,
    priceProvider: provider.known,
    dialects: provider.dialects,
    baseUrl: provider.baseUrl,
    credential: provider.key?.reveal(),
    headers: Object.fromEntries(
      Object.entries(provider.headers).map(([name, value]) => [name, value.reveal()]),
    ),
    globs: provider.models,
    listed: catalog.listedOf(provider.known),
    forwards: catalog.forwardsOf(provider.known),
    headTimeout: milliseconds(provider.timeouts.headMs),
    idleTimeout: milliseconds(provider.timeouts.idleMs),
  };
}
