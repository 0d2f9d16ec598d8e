import type { LearnedQuirk } from "../capabilities/abilities/index.ts";
import type { AuditControl } from "../capabilities/audit/index.ts";
import type { BreakerState as CircuitState, Mode } from "../capabilities/circuit-breaker/index.ts";
import type { PoolState, Steered, Steering } from "../capabilities/load-balancing/index.ts";
import type { Bulkheads, EntranceState } from "../capabilities/overload/index.ts";
import type { CoolDownState, FirstLimit } from "../capabilities/retry/index.ts";
import type { Project, Tenant } from "../exchange/identity.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { LoggedRequest, RequestFilter } from "../ports/event-log.ts";
import type {
  CatalogState,
  ModelPrice,
  PriceExplanation,
  PricesState,
  Translated,
  TranslationPair,
  WantedTranslation,
} from "./book-states.ts";
import type { BudgetsControl } from "./budget-states.ts";
import type { ConfigPlan, ConfigState } from "./config-control.ts";
import type { CostControl } from "./costs.ts";
import type { DeniedTokensControl } from "./denied-tokens.ts";
import type { GuardrailState } from "./guardrails.ts";
import type { KeyControl, OwnerControl } from "./key-states.ts";
import type { ClientLane } from "./lanes.ts";
import type { LimitsControl } from "./limits.ts";
import type { OperatorControl } from "./operators.ts";
import type { PoliciesControl } from "./policies-control.ts";
import type { SpanFigures } from "./recent-spans.ts";
import type { RegionsControl } from "./regions-control.ts";
import type { RoutingControl } from "./route-control.ts";
import type { ServicePlane } from "./service-plane.ts";
import type { Sessions } from "./sessions.ts";
import type { SigningKeyControl } from "./signing-keys.ts";

export type { AuditControl, AuditPage, AuditType } from "../capabilities/audit/index.ts";
export { auditTypes } from "../capabilities/audit/index.ts";
export type { AddressState, PoolState, Steering } from "../capabilities/load-balancing/index.ts";
export type { CoolDownState } from "../capabilities/retry/index.ts";

import type { PoolDemand } from "../capabilities/scaling/index.ts";

export type { LearnedState, Reevaluation } from "../capabilities/routing/index.ts";
export type { CostsState } from "./costs.ts";
export type { GraphqlRouteState } from "./graphql-states.ts";
export type { OperationTraffic } from "./graphql-tallies.ts";
export type { GrpcRouteState } from "./grpc-states.ts";
export type { GuardrailState } from "./guardrails.ts";
export type { LatencyFigures } from "./latencies.ts";
export type { LimitStanding } from "./limits.ts";
export type { ShownOperator } from "./operators.ts";
export type { RouteDecision, RouteState } from "./route-control.ts";
export type { ServiceRouteState } from "./service-plane.ts";
export type { ServiceEndpoint, ServiceState } from "./service-states.ts";
export type { SocketState } from "./sockets.ts";

/** A breaker, and how long first words of its target are waited for where others could be asked: by size of the request. */
export type BreakerState = CircuitState & { readonly firstLimits: readonly FirstLimit[] };

export type {
  KeyControl,
  OwnerControl,
  ShownKey,
  WantedKey,
  WantedOwner,
} from "./key-states.ts";

/** One 5-second bucket of the live series. */
export interface SeriesPoint {
  /** Start of the bucket: ms since 1970. */
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
  /** Sum of the known costs, 10^-9 US dollars. */
  readonly costNanoUsd: number;
  /** Requests whose price is not known. */
  readonly unpriced: number;
}

/** A failure that counts against an upstream. */
export interface UpstreamError {
  /** ms since 1970. */
  readonly at: number;
  readonly code: string;
  readonly status: number | null;
  /** The upstream's name of the model that was asked for; empty on the raw lane, which does not read it. */
  readonly model: string;
  /** In the provider's own words, the credential masked; `null`: they are not known. */
  readonly message: string | null;
  /** The request it was a try of; `null` while that goes on. */
  readonly requestId: string | null;
}

/** How an upstream has done since the process began. */
export interface UpstreamHealth {
  /** Tries, those after a failover and those on the raw lane included. */
  readonly requests: number;
  readonly failures: number;
  /** How the newest try ended; a refusal that is the client's own fault is an answer too. `null`: there was none. */
  readonly lastTry: "answered" | "failed" | null;
  /** The last few, newest first. */
  readonly errors: readonly UpstreamError[];
  /** Of the last answers that came piece by piece: how long until the first piece. `null`: there were none. */
  readonly firstByte: SpanFigures | null;
}

/** How a server departs from OpenAI's Chat Completions. */
export interface ServerProfile {
  readonly id: string;
  /** `value` is `null` where nothing is known; `isUsual`: as OpenAI has it. */
  readonly ways: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isUsual: boolean;
  }[];
}

export interface UpstreamState extends UpstreamHealth {
  readonly provider: string;
  /** The entry of the catalogue that it follows; `null`: it is the operator's own. */
  readonly known: string | null;
  /** All of `dialects`, as one text. */
  readonly dialect: string;
  readonly dialects: readonly string[];
  /** By the dialect of a client: who gets the provider's own bytes, and who a translation. */
  readonly lanes: readonly ClientLane[];
  readonly origin: string;
  readonly region: string | null;
  /** How it knows us; never the credential itself. `headers`: by those that the configuration sets, if at all. */
  readonly credential: "key" | "signature" | "headers" | "none";
  /** Names and globs that lead to it without its own name before them. */
  readonly names: readonly string[];
  /** `null` where no Chat Completions are spoken. */
  readonly profile: ServerProfile | null;
  readonly lastError: { readonly at: number; readonly code: string; readonly status: number | null } | null;
}

export interface ModelEntry {
  /** The name a client may use. */
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  readonly targets: readonly { readonly provider: string; readonly model: string }[];
}

/** One thing that is known of a model, and who says so. */
export interface ModelAbility {
  readonly name: string;
  readonly value: number | boolean | readonly string[];
  /** `built in`, `models.dev`, `operator`, `learned`, or a price list with its version. */
  readonly source: string;
  /** The date of what the source says; `null`: it is not dated. */
  readonly asOf: string | null;
}

/** A model at a provider. Of a pattern neither price nor abilities are known: they are those of the model asked for. */
export interface ModelTarget extends UpstreamHealth {
  readonly provider: string;
  readonly model: string;
  readonly lanes: readonly ClientLane[];
  readonly price: ModelPrice | null;
  /** All that is known of it; what is not listed is not known. */
  readonly abilities: readonly ModelAbility[];
}

export interface ModelState extends ModelEntry {
  readonly targets: readonly ModelTarget[];
}

export interface ModelStates {
  readonly models: readonly ModelState[];
  /** Models that requests have reached, whatever name led there; the last tried first. */
  readonly seen: readonly ModelTarget[];
}

export interface GatewayState {
  readonly version: string;
  readonly startedAt: number;
  readonly uptimeMs: number;
  readonly generation: number;
  readonly mode: "demo" | "environment" | "file";
  readonly isDraining: boolean;
  /** Why the gateway is less than well, in public words; empty when all is well. */
  readonly degraded: readonly string[];
  readonly inFlight: number;
  /** How much is let in, and why not more. */
  readonly overload: EntranceState;
  readonly totals: {
    readonly requests: number;
    readonly errors: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costNanoUsd: number;
    readonly unpriced: number;
  };
  readonly log: {
    readonly queued: number;
    readonly written: number;
    readonly dropped: number;
    readonly bytes: number;
  };
  readonly process: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    readonly eventLoopDelayMsP99: number;
    readonly permissionMode: "on" | "off";
  };
}

/** The one door for everything that looks at or changes a running gateway: admin API, CLI and tests use nothing else. */
export interface Control extends ServicePlane {
  /** What guardrails have found. */
  readonly guardrails: () => GuardrailState;
  readonly state: () => GatewayState;
  /** Oldest first; the last `minutes`, at most 60. */
  readonly series: (minutes: number) => readonly SeriesPoint[];
  readonly upstreams: () => readonly UpstreamState[];
  readonly models: () => ModelStates;
  readonly routing: RoutingControl;
  readonly regions: RegionsControl;
  readonly policies: PoliciesControl;
  /** How much targets are given at once, and who waits. */
  readonly slots: Bulkheads["states"];
  /** Tokens of issuers that count no more though they are not over. */
  readonly deniedTokens: DeniedTokensControl;
  /** The public keys of the gateway's own tokens: a JWK set (RFC 7517). */
  readonly identityKeys: () => string;
  /** The demand on pools that replicas are advised for, by name. */
  readonly demand: () => ReadonlyMap<string, PoolDemand>;
  readonly costs: CostControl;
  /** What is left alone for a time. */
  readonly coolDowns: {
    readonly list: () => readonly CoolDownState[];
    /** False: there is no such scope. */
    readonly end: (scope: string) => boolean;
  };
  readonly breakers: {
    readonly list: () => readonly BreakerState[];
    /** `target`: `provider/model`. `undefined` when there is no such provider. */
    readonly setMode: (target: string, mode: Mode) => BreakerState | undefined;
  };
  /** The endpoints of the providers that have several. */
  readonly balancing: {
    readonly list: () => readonly PoolState[];
    /** Takes one out for a while or for good, or back. */
    readonly steer: (provider: string, endpoint: string, what: Steering) => Steered;
  };
  /** What was learned of models, and what an operator has decided about it. */
  readonly quirks: {
    readonly list: () => readonly LearnedQuirk[];
    /** `undefined` when there is no quirk of this id. */
    readonly set: (id: string, state: LearnedQuirk["state"]) => LearnedQuirk | undefined;
  };
  readonly catalog: {
    readonly state: () => CatalogState;
    /** Fetches it now; what comes waits for approval, unless the settings apply it at once. */
    readonly refresh: () => Promise<CatalogState>;
    /** Puts the one that was fetched then to use. @throws GatewayError `conflict` when another or none waits. */
    readonly approve: (fetchedAt: number) => CatalogState;
  };
  readonly translations: {
    readonly pairs: () => readonly TranslationPair[];
    /** @throws GatewayError `malformed_request` for what is no request of its dialect, or names that nobody knows. */
    readonly translate: (wanted: WantedTranslation) => Translated;
  };
  readonly limits: LimitsControl;
  readonly budgets: BudgetsControl;
  readonly prices: {
    readonly state: () => PricesState;
    /** `undefined` when there is no request of this id. */
    readonly explain: (requestId: string) => Promise<PriceExplanation | undefined>;
    /** Replaces all rows that were set this way. @throws GatewayError when one is not valid: then nothing changes. */
    readonly setRows: (rows: readonly unknown[]) => PricesState;
  };
  readonly requests: {
    readonly list: (filter: RequestFilter) => Promise<readonly Omit<LoggedRequest, "body">[]>;
    readonly read: (id: string) => Promise<RequestRecord | undefined>;
  };
  readonly keys: KeyControl;
  readonly tenants: OwnerControl<Tenant>;
  /** Projects are named `tenant/project`. */
  readonly projects: OwnerControl<Project>;
  readonly signingKeys: SigningKeyControl;
  /** Who did what, and the proof of it. */
  readonly audit: AuditControl;
  readonly config: {
    readonly state: () => ConfigState;
    /** What would change if `text` were the configuration file. */
    readonly plan: (text: string) => Promise<ConfigPlan>;
    /** Reads the file again now; the answer says what came of it. */
    readonly reload: () => Promise<ConfigState>;
  };
  readonly session: Sessions;
  readonly operators: OperatorControl;
  /** Prometheus text, version 0.0.4. */
  readonly metrics: () => string;
}
