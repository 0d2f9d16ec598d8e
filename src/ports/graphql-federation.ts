/** The world of one client request as the caller keeps it; passed through to `fetch` and `isLabelOn` unread. */
export type FederationContext = unknown;

export type OperationType = "query" | "mutation" | "subscription";

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** No `data`: the execution never began. */
export interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationType: OperationType;
  readonly context: FederationContext;
  readonly signal: AbortSignal | undefined;
}

export interface Subgraph {
  readonly name: string;
  readonly url: string;
}

export interface FederationDoors {
  /**
   * Sends one operation to a subgraph and gives its answer as `JSON.parse` gave it, unchecked; for a subscription each
   * answer in turn. Throws a `GatewayError`: the fields that this operation was to deliver fail by it, not the request.
   */
  readonly fetch: (subgraph: Subgraph, request: SubgraphRequest) => Promise<unknown>;
  readonly subscribe: (subgraph: Subgraph, request: SubgraphRequest) => AsyncIterable<unknown>;
  /** Whether a progressive `@override` holds for this request. `percent(x)` labels come here too. Default: never. */
  readonly isLabelOn?: (label: string, context: FederationContext) => boolean;
}

export interface FederationLimits {
  /** Pairs of a field and a type for which a deliverer was sought; above: `malformed_request`, param `planningSteps`. */
  readonly planningStepsMax: number;
  /** Tokens of a client's document. */
  readonly tokensMax: number;
  /** Plans that are kept, the last used. */
  readonly plansMax: number;
  /** Keys in one `_entities` call; more are sent in several. */
  readonly keysPerFetchMax: number;
  /** Objects and lists within each other in a subgraph's answer. */
  readonly answerDepthMax: number;
  /** Values in a subgraph's answer. */
  readonly answerValuesMax: number;
  /** Errors told to a client. */
  readonly errorsMax: number;
}

export interface FederationSettings {
  readonly doors: FederationDoors;
  readonly limits?: Partial<FederationLimits>;
  /** Tells clients the messages and extensions of subgraphs as they came. Default: false. */
  readonly exposeSubgraphErrors?: boolean;
}

export interface ClientOperation {
  readonly text: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly context?: FederationContext;
  readonly signal?: AbortSignal | undefined;
}

export interface PlanCacheStats {
  readonly plans: number;
  readonly hits: number;
  readonly misses: number;
}

/** One supergraph, ready to be asked. It is immutable; a new supergraph is a new one of these. */
export interface Federation {
  readonly subgraphs: readonly Subgraph[];
  /** The schema that clients see: nothing of `join__` and `link`, nothing `@inaccessible`. */
  readonly apiSdl: string;
  /**
   * Runs one operation; the iterable is a subscription's. A document that does not parse or is not valid gives `errors`
   * without `data`. Throws `malformed_request` when planning would go beyond its limit, never for a subgraph's fault.
   */
  readonly execute: (operation: ClientOperation) => Promise<GraphqlResult | AsyncIterable<GraphqlResult>>;
  /** What would be sent for an operation, one line a fetch: for `explain` and tests. */
  readonly explain: (operation: ClientOperation) => readonly string[];
  readonly planCache: () => PlanCacheStats;
}

/** A fault in a supergraph, told by its place: `type User, field plan: …`. */
export interface SupergraphProblem {
  readonly at: string;
  readonly message: string;
}

export type OpenedSupergraph =
  | { readonly kind: "federation"; readonly federation: Federation }
  | { readonly kind: "problems"; readonly problems: readonly SupergraphProblem[] };

/** Opens a supergraph. It does not throw. Implementation: `platform/graphql-federation`, loaded by `import()`. */
export type OpenSupergraph = (sdl: string, settings: FederationSettings) => OpenedSupergraph;
