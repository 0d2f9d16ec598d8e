import type { JsonObject } from "../kernel/json.ts";

/** What one GraphQL document may ask for; each is an inclusive upper bound. */
export interface GraphqlLimits {
  readonly tokens: number;
  /** Fields within fields; a field of the root is 1. Fragments add nothing. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Spreads of named fragments, counted as often as they are reached. */
  readonly fragmentSpreads: number;
  readonly cost: number;
  /** How many items a list counts that tells no size. */
  readonly listSize: number;
}

export const graphqlLimits: GraphqlLimits = {
  tokens: 2000,
  depth: 12,
  aliases: 30,
  rootFields: 10,
  directives: 50,
  fragmentSpreads: 50,
  cost: 10_000,
  listSize: 10,
};

/**
 * Why a document is not taken.
 * `limit`: it asks for more than the gateway lets through, a refusal of its own. The others are errors of GraphQL, found
 * before execution begins.
 */
export interface GraphqlFault {
  readonly kind: "limit" | "syntax" | "validation" | "operation" | "variables";
  /** The limit or the rule in kebab-case: `fragment-spreads`, `fields-on-correct-type`. */
  readonly rule: string;
  /** Public text, without suggestions from the schema. */
  readonly message: string;
  /** Lines and columns from 1. */
  readonly locations: readonly { readonly line: number; readonly column: number }[];
}

/** A parsed document: a `DocumentNode` of the library, for an executor that uses the same. */
export interface GraphqlDocument {
  readonly kind: "Document";
}

/** What is known of the operation that a request asks for. */
export interface GraphqlOperation {
  readonly type: "query" | "mutation" | "subscription";
  readonly name: string | undefined;
  readonly cost: number;
  readonly depth: number;
  /** Names of the fields of the root, each once, in order. */
  readonly rootFields: readonly string[];
  readonly introspects: boolean;
  /** This operation and the fragments that it reaches, without what has no meaning. */
  readonly normalised: string;
  /** SHA-256 of `normalised`, hexadecimal. */
  readonly hash: string;
  readonly document: GraphqlDocument;
}

/** What tells an operation from others, whatever its variables. */
export type KnownOperation = Pick<GraphqlOperation, "type" | "name" | "hash">;

export type GraphqlChecked =
  | { readonly kind: "operation"; readonly operation: GraphqlOperation }
  /** At least one. */
  | {
      readonly kind: "refused";
      readonly faults: readonly GraphqlFault[];
      /** Absent: the document itself is not taken. */
      readonly operation?: KnownOperation;
    };

export interface GraphqlAsk {
  readonly operationName?: string | undefined;
  readonly variables?: JsonObject | undefined;
  readonly mayIntrospect: boolean;
}

/** A schema that was read; only the engine that made it can look inside. */
export interface GraphqlSchemaHandle {
  readonly kind: "graphql-schema";
}

export type GraphqlSchemaRead =
  /** `types`: how many it defines itself. */
  | { readonly kind: "schema"; readonly schema: GraphqlSchemaHandle; readonly types: number }
  /** One sentence each, with line and column where they are known. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Checks documents against one schema and one set of limits, and remembers the documents that it has seen. */
export interface GraphqlChecker {
  /**
   * One lookup for a known text; what depends on variables (their coercion, and the cost that slicing arguments make)
   * is computed each time. Never throws.
   */
  readonly check: (text: string, ask: GraphqlAsk) => GraphqlChecked;
  /** What is remembered now. */
  readonly cached: () => { readonly documents: number; readonly bytes: number };
}

/** GraphQL documents and schemas, without execution. Implementation: `platform/graphql`, loaded when a route needs it. */
export interface GraphqlEngine {
  /** From SDL, or from the answer to an introspection query as JSON text. Directives that it does not define are ignored. */
  readonly schemaOf: (text: string) => GraphqlSchemaRead;
  /**
   * @param schema Without one only syntax and the limits are checked, a list is taken for one item, and the rest is left
   *   to the upstream.
   * @param cacheBytesMax Estimated memory of the documents that are remembered.
   */
  readonly checkerOf: (rules: {
    readonly schema?: GraphqlSchemaHandle | undefined;
    readonly limits: GraphqlLimits;
    readonly cacheBytesMax?: number;
  }) => GraphqlChecker;
}
