import type { rulesFrom } from "../capabilities/circuit-breaker/index.ts";
import type { rulesFrom as bulkheadsFrom, OverloadSettings } from "../capabilities/overload/index.ts";
import type { PricingSettings, RateCard } from "../capabilities/pricing/index.ts";
import type { ClientPlaces, Nearness, RegionsSettings, Zones } from "../capabilities/residency/index.ts";
import type { rulesFrom as resilienceFrom } from "../capabilities/retry/index.ts";
import {
  type ProviderRoute,
  type RouteRules,
  type RoutingTable,
  type TargetRef,
  withAuto,
} from "../capabilities/routing/index.ts";
import type { ScalingSettings } from "../capabilities/scaling/index.ts";
import type { ProviderEndpoints } from "../config/provider-endpoints.ts";
import type { RawSettings } from "../config/raw-settings.ts";
import type { KnownAbilities } from "../exchange/abilities.ts";
import type { UpstreamCodec } from "../exchange/codec.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { Endpoint, Target } from "../exchange/target.ts";
import type { Milliseconds } from "../kernel/units.ts";
import { addressesOf } from "./addresses.ts";
import type { Edge } from "./edge.ts";
import { endpointsOf } from "./endpoints.ts";
import type { RealtimeRules } from "./realtime-rules.ts";
import type { ServiceRoutes } from "./service-routes.ts";
import type { Service } from "./services.ts";
import type { Signing } from "./signing.ts";

/** One provider, its settings resolved: the catalogue's values where the file had none, secrets in the open. */
export interface ProviderFacts {
  readonly id: string;
  /** The catalogue's provider whose prices count for this one. */
  readonly priceProvider?: string | undefined;
  readonly region?: string | undefined;
  /** The zones in which it runs a model; absent: nobody knows. */
  readonly zonesOf?: (model: string) => ReadonlySet<string>;
  readonly dialects: readonly UpstreamDialect[];
  readonly baseUrl: string;
  readonly credential: string | undefined;
  readonly credentialHeader?: string | undefined;
  readonly sign?: Endpoint["sign"];
  readonly signer?: Endpoint["signer"];
  /** The server's own ways within a dialect. */
  readonly quirks?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Client headers that go on to it besides those of its dialect; lower-case. */
  readonly forwards?: readonly string[];
  /** Globs of the bare model names it serves. */
  readonly globs: readonly string[];
  /** Models to be listed as `provider/model`. */
  readonly listed: readonly string[];
  readonly headTimeout: Milliseconds;
  readonly idleTimeout: Milliseconds;
  /** Its addresses, if there are several; `baseUrl` is that of the first. */
  readonly addresses?: ProviderEndpoints;
}

/** What a configuration says of places, compiled. */
export interface Regions {
  readonly settings: RegionsSettings;
  /** Where this process is. */
  readonly here: Zones;
  /** Zones that a pool is bound to. */
  readonly pools: ReadonlyMap<string, readonly string[]>;
  /** Pools that ask who is near first. */
  readonly prefer: ReadonlyMap<string, readonly Nearness[]>;
  readonly clients: ClientPlaces;
}

/** What a request reads: one configuration, compiled. Immutable; replaced whole at a reload. */
export interface Snapshot {
  readonly generation: number;
  /** The generation as it goes out in a header. */
  readonly generationText: string;
  readonly table: RoutingTable;
  readonly rateCard: RateCard;
  readonly unknownModel: PricingSettings["unknownModel"];
  readonly raw: RawSettings;
  readonly realtime: RealtimeRules;
  /** What the circuit breaker of a target is judged by. */
  readonly breakerRulesOf: ReturnType<typeof rulesFrom>;
  /** How a model is tried, by the name a client asks for. */
  readonly resilienceOf: ReturnType<typeof resilienceFrom>;
  /** What tries again may cost, as a share of the requests. */
  readonly retryBudget: number;
  /** Whether streams are held against the grammar of their dialect. */
  readonly verifiesStreams: boolean;
  readonly bodyBytesMax: number;
  readonly edge: Edge;
  readonly inFlightMax: number;
  /** Who is let in when more comes than can be done. */
  readonly ingress: {
    readonly delayMax: OverloadSettings["ingress"]["delayMax"];
    /** By the name of a key. */
    readonly shares: ReadonlyMap<string, number>;
  };
  /** How much a target is given at once. */
  readonly bulkheadOf: ReturnType<typeof bulkheadsFrom>;
  readonly scaling: ScalingSettings;
  readonly regions: Regions;
  /** By name, in the file's order. */
  readonly services: ReadonlyMap<string, Service>;
  readonly signing: Signing;
  readonly serviceRoutes: ServiceRoutes;
}

/** Builds the routing table of a configuration. */
export function compileTable(parts: {
  readonly providers: readonly ProviderFacts[];
  readonly pools: ReadonlyMap<string, readonly TargetRef[]>;
  /** Pools that choose by a strategy; absent: none does. */
  readonly routes?: ReadonlyMap<string, RouteRules>;
  readonly codecOf: (dialect: UpstreamDialect, quirks: string | undefined) => UpstreamCodec;
  readonly abilitiesOf: (provider: ProviderFacts, model: string) => KnownAbilities;
}): RoutingTable {
  const routes = parts.providers.map((provider): [string, ProviderRoute] => {
    const endpointsAt = (baseUrl: string): readonly Endpoint[] =>
      endpointsOf({ ...provider, baseUrl }, (dialect) => parts.codecOf(dialect, provider.quirks));
    const endpoints = endpointsAt(provider.baseUrl);
    const addresses = provider.addresses && addressesOf(provider.id, provider.addresses, endpointsAt);
    const targetOf = remembered((model: string): Target => {
      const abilities = parts.abilitiesOf(provider, model);
      return {
        provider: provider.id,
        priceProvider: provider.priceProvider,
        region: provider.region,
        ...(provider.zonesOf === undefined ? {} : { zones: provider.zonesOf(model) }),
        model,
        endpoints,
        ...(addresses === undefined ? {} : { addresses }),
        headTimeout: provider.headTimeout,
        idleTimeout: provider.idleTimeout,
        abilities,
        outputTokensMax: abilities.outputTokensMax?.value,
      };
    });
    return [provider.id, { id: provider.id, globs: provider.globs, listed: provider.listed, targetOf }];
  });
  return {
    ...withAuto({ pools: parts.pools, routes: parts.routes ?? new Map() }),
    providers: new Map(routes),
  };
}

const rememberedMax = 1000;
const rememberedLengthMax = 200;

/** Remembers what was made for the last names: clients may ask for any, and most ask for few. */
function remembered<Value>(make: (name: string) => Value): (name: string) => Value {
  const made = new Map<string, Value>();
  return (name) => {
    if (name.length > rememberedLengthMax) return make(name);
    const known = made.get(name);
    if (known !== undefined) return known;
    if (made.size >= rememberedMax) made.clear();
    const value = make(name);
    made.set(name, value);
    return value;
  };
}
