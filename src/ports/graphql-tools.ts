import type { GraphqlEngine } from "./graphql.ts";
import type { OpenSupergraph } from "./graphql-federation.ts";

/** What routes of GraphQL need; it is loaded when there is one, and not before. */
export interface GraphqlTools {
  readonly engine: GraphqlEngine;
  readonly openSupergraph: OpenSupergraph;
  /** Hexadecimal, of a text in UTF-8. */
  readonly sha256: (text: string) => string;
}
