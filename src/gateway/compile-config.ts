import { operatorLayer } from "../capabilities/abilities/index.ts";
import { rulesFrom } from "../capabilities/circuit-breaker/index.ts";
import { rulesFrom as bulkheadsFrom } from "../capabilities/overload/index.ts";
import {
  type BaseRates,
  compileRateCard,
  type PriceRow,
  type PricingSettings,
  type RateCard,
  type RateRow,
  rateRows,
} from "../capabilities/pricing/index.ts";
import {
  commonZones,
  createClientPlaces,
  type RegionsSettings,
  zonesOf,
  zonesOfBedrock,
} from "../capabilities/residency/index.ts";
import { rulesFrom as resilienceFrom } from "../capabilities/retry/index.ts";
import type { RouteRules } from "../capabilities/routing/index.ts";
import type { Config } from "../config/schema.ts";
import { type AbilityLayer, type KnownAbilities, mergeAbilities } from "../exchange/abilities.ts";
import type { Endpoint } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Expressions } from "../ports/expressions.ts";
import { upstreamCodecOf } from "./codecs.ts";
import { compileEdge } from "./edge.ts";
import type { GraphqlParts } from "./graphql-kept.ts";
import { compileRealtime } from "./realtime-rules.ts";
import { refusers } from "./refusers.ts";
import { compileServiceRoutes } from "./service-routes.ts";
import { compileServices } from "./services.ts";
import { compileSigning } from "./signing.ts";
import { compileTable, type ProviderFacts, type Snapshot } from "./snapshot.ts";

/** What sets one server apart from others of its dialect. */
export interface ProviderWays {
  /** Client headers to be forwarded to it besides those of its dialect. */
  readonly forwards: readonly string[];
  /** The header that carries its key, where it is not the dialect's own. */
  readonly credentialHeader?: string;
  /** Its profile within the OpenAI-compatible family. */
  readonly quirks?: string;
}

/** Credentials in the open, and where they count. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

export interface ModelLayers {
  /** Less than the rules of the dialects. */
  readonly listed: readonly AbilityLayer[];
  /** More than they. */
  readonly own: readonly AbilityLayer[];
}

/** What the catalogue knows beside the configuration. */
export interface CatalogFacts {
  /** Our own dated price rows; the configuration's come before them. */
  readonly rows: readonly RateRow[];
  /** Prices of what no row names. */
  readonly baseRates: BaseRates;
  /** What the list of those prices is called, with its version. */
  readonly baseName: string;
  /** Rows that were set while the gateway runs; they count as the configuration's own. */
  readonly setRows: () => readonly PriceRow[];
  /** What is known of a model besides the rules of its dialects and the operator's word, in rising order of weight. */
  readonly abilitiesOf: (known: string | undefined, model: string) => ModelLayers;
  /** Models to be listed for a provider of this catalogue entry: only the sandbox names all of its own. */
  readonly listedOf: (known: string | undefined) => readonly string[];
  /** How a provider of this entry is spoken to: its own ways. */
  readonly waysOf: (known: string | undefined) => ProviderWays;
  readonly expressions: Expressions;
  /** What routes of GraphQL need; `undefined`: it was not loaded. */
  readonly graphql?: () => GraphqlParts | undefined;
  /** Makes the signatures of AWS. */
  readonly signAws: (credentials: AwsCredentials) => NonNullable<Endpoint["sign"]>;
}

/** Compiles one configuration into what requests read. Pure; throws what the price rows are wrong about. */
export function compileConfig(config: Config, generation: number, catalog: CatalogFacts): Snapshot {
  const services = compileServices(config);
  return {
    services,
    serviceRoutes: compileServiceRoutes(config, services, {
      refusers,
      expressions: catalog.expressions,
      graphql: catalog.graphql?.(),
    }),
    generation,
    generationText: String(generation),
    table: compileTable({
      providers: Object.values(config.providers).map((provider) =>
        factsOf(provider, config.regions, catalog),
      ),
      pools: new Map(Object.entries(config.models).map(([name, pool]) => [name, pool.targets])),
      routes: routesOf(config.models),
      codecOf: upstreamCodecOf,
      abilitiesOf: (provider, model) =>
        abilitiesOf(provider, model, { rows: config.abilities.models, catalog }),
    }),
    rateCard: rateCardOf(config.pricing, catalog),
    unknownModel: config.pricing.unknownModel,
    raw: config.raw,
    realtime: compileRealtime(config.realtime),
    breakerRulesOf: rulesFrom(config.circuitBreaker),
    resilienceOf: resilienceFrom(config.resilience),
    retryBudget: config.resilience.retry.budget,
    verifiesStreams: config.stream.verify,
    signing: compileSigning(config.signing),
    bodyBytesMax: config.server.limits.bodyBytesMax,
    edge: compileEdge(config),
    inFlightMax: config.overload.inFlightMax,
    ingress: {
      ...config.overload.ingress,
      shares: new Map(Object.entries(config.overload.ingress.shares)),
    },
    bulkheadOf: bulkheadsFrom(config.overload.bulkhead),
    scaling: config.scaling,
    regions: {
      settings: config.regions,
      here: zonesOf(config.regions.here, config.regions.zones),
      pools: new Map(
        Object.entries(config.models).flatMap(([name, { residency }]) =>
          residency === undefined ? [] : [[name, residency]],
        ),
      ),
      prefer: new Map(
        Object.entries(config.models).flatMap(([name, { prefer }]) =>
          prefer === undefined ? [] : [[name, prefer]],
        ),
      ),
      clients: createClientPlaces(
        config.geo.trustedProxies,
        config.geo.networks,
        (name) => zonesOf(name, config.regions.zones).size > 0,
      ),
    },
  };
}

function routesOf(pools: Config["models"]): ReadonlyMap<string, RouteRules> {
  return new Map(
    Object.entries(pools).flatMap(([name, { route }]): [string, RouteRules][] => {
      if (route === undefined) return [];
      const { maxCost, ...rules } = route;
      return [[name, { ...rules, ...(maxCost === undefined ? {} : { maxCostUsd: maxCost }) }]];
    }),
  );
}

/** @throws GatewayError `malformed_request` when two rows contradict each other: the revision is refused. */
function rateCardOf(pricing: PricingSettings, catalog: CatalogFacts): RateCard {
  const compiled = compileRateCard(
    [...rateRows([...pricing.rows, ...catalog.setRows()], "operator"), ...catalog.rows],
    catalog.baseRates,
    catalog.baseName,
  );
  if (compiled.kind === "card") return compiled.card;
  const [row] = compiled.rows;
  const message = `two price rows match the same calls of \`${row.match.model}\` from the same moment; keep one, or give one a later \`validFrom\``;
  throw new GatewayError("malformed_request", message, { message });
}

/** The layers of one model, from the least to the most: lists, dialects, catalogue, operator. */
function abilitiesOf(
  { id, priceProvider, dialects, quirks }: ProviderFacts,
  model: string,
  {
    rows,
    catalog,
  }: { readonly rows: Config["abilities"]["models"]; readonly catalog: Pick<CatalogFacts, "abilitiesOf"> },
): KnownAbilities {
  const { listed, own } = catalog.abilitiesOf(priceProvider, model);
  const ruled = dialects.flatMap((dialect): readonly AbilityLayer[] => {
    const values = upstreamCodecOf(dialect, quirks).abilitiesOf?.(model);
    return values === undefined ? [] : [{ source: "built in", asOf: null, values }];
  });
  return mergeAbilities([...listed, ...ruled, ...own, operatorLayer(rows, { provider: id, model })]);
}

function awsCredentialsOf({ aws, region }: Config["providers"][string]): AwsCredentials | undefined {
  if (aws === undefined || region === undefined) return undefined;
  return {
    accessKeyId: aws.accessKeyId.reveal(),
    secretAccessKey: aws.secretAccessKey.reveal(),
    ...(aws.sessionToken === undefined ? {} : { sessionToken: aws.sessionToken.reveal() }),
    region,
  };
}

function factsOf(
  provider: Config["providers"][string],
  { zones: own }: RegionsSettings,
  catalog: CatalogFacts,
): ProviderFacts {
  // Which of several addresses a call goes to is chosen after its bounds were held against the target.
  const regions = provider.endpoints?.list.map(({ region }) => region) ?? [provider.region];
  const zones = commonZones(regions, own);
  const isBedrock = provider.dialects.includes("bedrock-converse");
  const ways = catalog.waysOf(provider.known);
  const credentials = awsCredentialsOf(provider);
  return {
    id: provider.id,
    priceProvider: provider.known,
    region: provider.region,
    zonesOf: (model) => (isBedrock ? zonesOfBedrock(model, zones) : zones),
    dialects: provider.dialects,
    baseUrl: provider.baseUrl,
    credential: provider.key?.reveal(),
    credentialHeader: ways.credentialHeader,
    quirks: ways.quirks,
    ...(credentials && { sign: catalog.signAws(credentials), signer: credentials.accessKeyId }),
    headers: Object.fromEntries(
      Object.entries(provider.headers).map(([name, value]) => [name, value.reveal()]),
    ),
    globs: provider.models,
    listed: catalog.listedOf(provider.known),
    forwards: ways.forwards,
    headTimeout: milliseconds(provider.timeouts.headMs),
    idleTimeout: milliseconds(provider.timeouts.idleMs),
    ...(provider.endpoints === undefined ? {} : { addresses: provider.endpoints }),
  };
}
