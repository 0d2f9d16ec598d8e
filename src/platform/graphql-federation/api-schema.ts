import {
  type ASTNode,
  buildASTSchema,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  print,
  visit,
} from "graphql";
import { has, namedType } from "./join-arguments.ts";

/** Directives that clients, and the limits of clients, may see; all others are between the subgraphs. */
const shown: ReadonlySet<string> = new Set([
  "deprecated",
  "specifiedBy",
  "oneOf",
  "cost",
  "listSize",
  "cacheControl",
]);
const internalName = /^(join|link|core|federation)__/;

/** What clients see of a supergraph: no joins and links, and nothing `@inaccessible` nor what hangs on it. */
export function apiDocument(supergraph: DocumentNode): DocumentNode {
  const hidden = hiddenTypes(supergraph);
  const dropHidden = (node: Parameters<typeof has>[0]) => (has(node, "inaccessible") ? null : undefined);
  const withoutMarks = visit(supergraph, {
    ScalarTypeDefinition: { enter: dropInternal },
    EnumTypeDefinition: { enter: dropInternal },
    InputObjectTypeDefinition: { enter: dropInternal },
    ObjectTypeDefinition: { enter: dropInternal },
    InterfaceTypeDefinition: { enter: dropInternal },
    UnionTypeDefinition: { enter: dropInternal },
    FieldDefinition: { enter: dropHidden },
    InputValueDefinition: { enter: dropHidden },
    EnumValueDefinition: { enter: dropHidden },
    DirectiveDefinition: { enter: (node) => (shown.has(node.name.value) ? undefined : forClients(node)) },
    SchemaDefinition: { enter: (node) => ({ ...node, directives: [] }) },
    SchemaExtension: { enter: () => null },
  });
  return visit(withoutMarks, {
    FieldDefinition: { enter: (node) => (hidden.has(namedType(node.type)) ? null : undefined) },
    InputValueDefinition: { enter: (node) => (hidden.has(namedType(node.type)) ? null : undefined) },
    NamedType: { enter: (node) => (hidden.has(node.name.value) ? null : undefined) },
    Directive: { enter: (node) => (shown.has(node.name.value) ? undefined : null) },
  });
}

const inDocuments: ReadonlySet<string> = new Set([
  "QUERY",
  "MUTATION",
  "SUBSCRIPTION",
  "FIELD",
  "FRAGMENT_DEFINITION",
  "FRAGMENT_SPREAD",
  "INLINE_FRAGMENT",
  "VARIABLE_DEFINITION",
]);

/** A directive that clients may write, as far as they may. It says nothing to the gateway, and goes no further. */
function forClients(node: DirectiveDefinitionNode): DirectiveDefinitionNode | null {
  const locations = node.locations.filter(({ value }) => inDocuments.has(value));
  return locations.length === 0 ? null : { ...node, locations };
}

function dropInternal(
  node: { readonly name: { readonly value: string } } & Parameters<typeof has>[0],
): null | undefined {
  return internalName.test(node.name.value) || has(node, "inaccessible") ? null : undefined;
}

function hiddenTypes(document: DocumentNode): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const node of document.definitions)
    if (
      "name" in node &&
      node.kind !== Kind.DIRECTIVE_DEFINITION &&
      node.name !== undefined &&
      has(directed(node), "inaccessible")
    )
      hidden.add(node.name.value);
  return hidden;
}

function directed(node: ASTNode): Parameters<typeof has>[0] {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.UNION_TYPE_DEFINITION ||
    node.kind === Kind.ENUM_TYPE_DEFINITION ||
    node.kind === Kind.SCALAR_TYPE_DEFINITION ||
    node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
    ? node
    : {};
}

export interface ApiSchema {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

/** Throws an `Error` that names what does not fit. */
export function buildApiSchema(supergraph: DocumentNode): ApiSchema {
  const document = apiDocument(supergraph);
  return { sdl: print(document), schema: buildASTSchema(document) };
}
