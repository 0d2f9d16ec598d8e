import type { ASTNode, GraphQLError } from "graphql";
import { getLocation } from "graphql";
import type { GraphqlFault } from "../../ports/graphql.ts";

/** Thrown inside a pass over a document to leave it at once; never leaves this folder. */
export class LimitError extends Error {
  readonly fault: GraphqlFault;
  constructor(rule: string, message: string, node?: ASTNode) {
    super(message);
    this.fault = { kind: "limit", rule, message, locations: locationsOf(node) };
  }
}

function locationsOf(node: ASTNode | undefined): GraphqlFault["locations"] {
  if (node?.loc === undefined) return [];
  const { line, column } = getLocation(node.loc.source, node.loc.start);
  return [{ line, column }];
}

/** Without positions in other texts than the client's, and without what the library may have added. */
export function faultOf(error: GraphQLError, kind: GraphqlFault["kind"], rule: string): GraphqlFault {
  const locations = (error.locations ?? []).map(({ line, column }) => ({ line, column }));
  return { kind, rule, message: shortened(error.message), locations };
}

/** Messages of the library repeat what the client wrote, however long it was. */
const shortened = (message: string): string => (message.length > 500 ? `${message.slice(0, 500)}…` : message);
