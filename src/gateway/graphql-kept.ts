import type { GraphqlChecker } from "../ports/graphql.ts";
import type { Federation, Subgraph, SubgraphRequest } from "../ports/graphql-federation.ts";
import type { GraphqlTools } from "../ports/graphql-tools.ts";
import type { DocumentStore } from "../protocols/graphql/index.ts";

/** Asks subgraphs for one request of a client. */
export interface SubgraphAsker {
  readonly fetch: (subgraph: Subgraph, request: SubgraphRequest) => Promise<unknown>;
  readonly subscribe: (subgraph: Subgraph, request: SubgraphRequest) => AsyncIterable<unknown>;
  /** Whether a progressive override holds for the client. */
  readonly isLabelOn: (label: string) => boolean;
}

export interface OpenedFederation {
  readonly federation: Federation;
  /** Who asks, by the context of the request. */
  readonly askers: WeakMap<object, SubgraphAsker>;
}

/** A schema as it may be shown. */
export interface GraphqlSchemaFacts {
  /** Hexadecimal SHA-256 of its text. */
  readonly hash: string;
  readonly types: number;
}

/** A schema's checker, with the documents that it has checked. `schema` absent: none is known, and only limits are checked. */
export interface CheckedSchema {
  readonly checker: GraphqlChecker;
  readonly schema: GraphqlSchemaFacts | undefined;
}

/** Keeps what was made for a route until it is made of something else. */
export interface Slots<Value> {
  /** @param key Digest of all that it is made of. What throws is not kept, and what was there stays. */
  readonly get: (route: string, key: string, make: () => Value) => Value;
}

/** What routes of GraphQL learn as they run, and need not lose with a configuration in which their files stay as they were. */
export interface GraphqlKept {
  /** With their plans. */
  readonly federations: Slots<OpenedFederation>;
  readonly checkers: Slots<CheckedSchema>;
  /** With what clients have registered. */
  readonly documents: Slots<DocumentStore>;
}

/** What routes of GraphQL are compiled with. */
export interface GraphqlParts extends GraphqlTools {
  readonly kept: GraphqlKept;
}

export const createGraphqlKept = (): GraphqlKept => ({
  federations: createSlots(),
  checkers: createSlots(),
  documents: createSlots(),
});

/** More routes than any configuration has of GraphQL; those that are gone make room. */
const slotsMax = 200;

function createSlots<Value>(): Slots<Value> {
  const slots = new Map<string, { readonly key: string; readonly value: Value }>();
  return {
    get: (route, key, make) => {
      const known = slots.get(route);
      const slot = known?.key === key ? known : { key, value: make() };
      slots.delete(route);
      slots.set(route, slot);
      const [oldest] = slots.keys();
      if (slots.size > slotsMax && oldest !== undefined) slots.delete(oldest);
      return slot.value;
    },
  };
}
