import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  type UnionTypeDefinitionNode,
} from "graphql";
import type { Subgraph, SupergraphProblem } from "../../ports/graphql-federation.ts";
import { type Arguments, directivesNamed, fieldSet, namedType, textIn } from "./join-arguments.ts";
import type { CompositeType, Field, FieldJoin, Key, Model, TypeJoin } from "./model.ts";

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode;
type WithFields = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

const internalName = /^(join|link|core)__/;

/** Reads a supergraph; what is wrong goes into `problems`, and the model holds the rest. */
export function readSupergraph(document: DocumentNode, problems: SupergraphProblem[]): Model {
  const report = (at: string, message: string) => {
    problems.push({ at, message });
  };
  const subgraphs = readSubgraphs(document, report);
  if (subgraphs.size === 0) report("enum join__Graph", "it names no subgraph");
  const composites = document.definitions.filter(isComposite);
  const reader = { document, composites, subgraphs, report, leaves: leavesOf(document) };
  const types = new Map(composites.map((node) => [node.name.value, readType(node, reader)]));
  const signatures = signaturesOf(types);
  const roots = rootsOf(document);
  if (!types.has(roots.query)) report(`type ${roots.query}`, "the root of queries is not there");
  const labels = new Set<string>();
  for (const { fields } of types.values())
    for (const { joins } of fields.values())
      for (const { label } of joins.values()) if (label !== undefined) labels.add(label);
  return { subgraphs, types, roots, labels, signatures };
}

type Report = (at: string, message: string) => void;

interface Reader {
  readonly document: DocumentNode;
  readonly composites: readonly Composite[];
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly report: Report;
  readonly leaves: ReadonlySet<string>;
}

function isComposite(node: DocumentNode["definitions"][number]): node is Composite {
  const isOne =
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.UNION_TYPE_DEFINITION;
  return isOne && !internalName.test(node.name.value);
}

function leavesOf(document: DocumentNode): ReadonlySet<string> {
  const leaves = new Set(["Int", "Float", "String", "Boolean", "ID"]);
  for (const node of document.definitions)
    if (node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.SCALAR_TYPE_DEFINITION)
      leaves.add(node.name.value);
  return leaves;
}

function rootsOf(document: DocumentNode): Model["roots"] {
  const roots = { query: "Query", mutation: "Mutation", subscription: "Subscription" };
  for (const node of document.definitions)
    if (node.kind === Kind.SCHEMA_DEFINITION)
      for (const { operation, type } of node.operationTypes) roots[operation] = type.name.value;
  return roots;
}

function readSubgraphs(document: DocumentNode, report: Report): ReadonlyMap<string, Subgraph> {
  const subgraphs = new Map<string, Subgraph>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== "join__Graph") continue;
    for (const value of node.values ?? []) {
      const [graph] = directivesNamed(value, "join__graph");
      const name = graph === undefined ? undefined : textIn(graph, "name");
      if (graph === undefined || name === undefined)
        report(`enum join__Graph, value ${value.name.value}`, "it has no @join__graph(name:, url:)");
      else subgraphs.set(value.name.value, { name, url: textIn(graph, "url") ?? "" });
    }
  }
  return subgraphs;
}

function readType(node: Composite, reader: Reader): CompositeType {
  const name = node.name.value;
  const at = `type ${name}`;
  if (name.startsWith("__")) reader.report(at, "names with two underscores are GraphQL's own");
  const joins = readTypeJoins(node, reader, at);
  const fields = new Map<string, Field>();
  const kind = kindOf(node);
  if (node.kind !== Kind.UNION_TYPE_DEFINITION)
    for (const field of node.fields ?? [])
      fields.set(
        field.name.value,
        readField(field, { reader, joins, at: `${at}, field ${field.name.value}` }),
      );
  markRequired(node, fields);
  const possibleIn = new Map([...joins.keys()].map((graph) => [graph, possibleOf(node, graph, reader)]));
  return {
    name,
    kind,
    fields,
    joins,
    possibleIn,
    possible: possibleOf(node, undefined, reader),
    interfaces:
      node.kind === Kind.UNION_TYPE_DEFINITION ? [] : (node.interfaces ?? []).map((one) => one.name.value),
  };
}

/**
 * What a subgraph requires it does not have itself. Supergraphs leave this out of the fields of interfaces
 * (federation-composition 0.27), where it must hold all the same.
 */
function markRequired(node: Composite, fields: Map<string, Field>): void {
  const nodes = node.kind === Kind.UNION_TYPE_DEFINITION ? [] : (node.fields ?? []);
  for (const { joins } of [...fields.values()])
    for (const [graph, { requires }] of joins)
      for (const one of requires?.selections ?? []) {
        const name = one.kind === Kind.FIELD ? one.name.value : "";
        const field = fields.get(name);
        const isTold = nodes.some(
          (other) => other.name.value === name && directivesNamed(other, "join__field").length > 0,
        );
        if (field === undefined || isTold) continue;
        fields.set(name, {
          ...field,
          joins: new Map(field.joins).set(graph, { ...plainJoin, isExternal: true }),
        });
      }
}

function kindOf(node: Composite): CompositeType["kind"] {
  if (node.kind === Kind.UNION_TYPE_DEFINITION) return "union";
  return node.kind === Kind.INTERFACE_TYPE_DEFINITION ? "interface" : "object";
}

function readTypeJoins(node: Composite, reader: Reader, at: string): ReadonlyMap<string, TypeJoin> {
  const joins = new Map<string, { keys: Key[]; isInterfaceObject: boolean }>();
  for (const args of directivesNamed(node, "join__type")) {
    const graph = textIn(args, "graph") ?? "";
    if (!reader.subgraphs.has(graph)) reader.report(at, `@join__type names no subgraph: ${graph}`);
    const join = joins.get(graph) ?? { keys: [], isInterfaceObject: false };
    joins.set(graph, join);
    if (args.get("isInterfaceObject") === true) join.isInterfaceObject = true;
    const selection = readFieldSet(args, "key", { report: reader.report, at });
    if (selection !== undefined)
      join.keys.push({ selection, isResolvable: args.get("resolvable") !== false });
  }
  // Supergraphs of the first federation leave it out of what all subgraphs have.
  if (joins.size === 0)
    for (const graph of reader.subgraphs.keys()) joins.set(graph, { keys: [], isInterfaceObject: false });
  return joins;
}

function readFieldSet(
  args: Arguments,
  name: string,
  { report, at }: { readonly report: Report; readonly at: string },
) {
  const text = textIn(args, name);
  if (text === undefined) return undefined;
  try {
    return fieldSet(text);
  } catch {
    report(at, `${name} is no field set: ${text}`);
    return undefined;
  }
}

/** Objects that a type may turn out to be, in one subgraph or (`undefined`) in any. */
function possibleOf(node: Composite, graph: string | undefined, { composites }: Reader): ReadonlySet<string> {
  if (node.kind === Kind.OBJECT_TYPE_DEFINITION) return new Set([node.name.value]);
  if (node.kind === Kind.UNION_TYPE_DEFINITION) {
    const members = directivesNamed(node, "join__unionMember");
    if (graph === undefined || members.length === 0)
      return new Set((node.types ?? []).map((one) => one.name.value));
    return new Set(
      members.filter((one) => one.get("graph") === graph).map((one) => String(one.get("member"))),
    );
  }
  const found = new Set<string>();
  for (const other of composites) {
    if (other.kind !== Kind.OBJECT_TYPE_DEFINITION || !implementsIt(other, node.name.value)) continue;
    const joins = directivesNamed(other, "join__implements").filter(
      (one) => one.get("interface") === node.name.value,
    );
    const isHere =
      graph === undefined || joins.length === 0 || joins.some((one) => one.get("graph") === graph);
    if (isHere) found.add(other.name.value);
  }
  return found;
}

function implementsIt(node: WithFields, name: string): boolean {
  return (node.interfaces ?? []).some((one) => one.name.value === name);
}

interface FieldReader {
  readonly reader: Reader;
  readonly joins: ReadonlyMap<string, TypeJoin>;
  readonly at: string;
}

function readField(node: FieldDefinitionNode, { reader, joins, at }: FieldReader): Field {
  if (node.name.value.startsWith("__")) reader.report(at, "names with two underscores are GraphQL's own");
  const directives = directivesNamed(node, "join__field");
  const found = new Map<string, FieldJoin>();
  if (directives.length === 0) for (const graph of joins.keys()) found.set(graph, plainJoin);
  for (const args of directives) {
    const graph = textIn(args, "graph");
    if (graph === undefined) continue;
    if (!joins.has(graph)) reader.report(at, `@join__field names a subgraph without the type: ${graph}`);
    found.set(graph, readFieldJoin(args, { report: reader.report, at }));
  }
  const typeName = namedType(node.type);
  const isLeaf = reader.leaves.has(typeName);
  const types = directives.map((args) => textIn(args, "type") ?? print(node.type));
  const shapes = [...new Set([print(node.type), ...types])].toSorted();
  // Objects only need lists and non-null in the same places.
  const signature = shapes.join(" ").replaceAll(/\w+/g, (name) => (reader.leaves.has(name) ? name : "_"));
  return { name: node.name.value, type: node.type, typeName, isLeaf, joins: found, signature };
}

const plainJoin: FieldJoin = {
  isExternal: false,
  requires: undefined,
  provides: undefined,
  isOverriding: false,
  isOverridden: false,
  label: undefined,
  typeName: undefined,
};

function readFieldJoin(
  args: Arguments,
  problem: { readonly report: Report; readonly at: string },
): FieldJoin {
  const label = textIn(args, "overrideLabel");
  return {
    isExternal: args.get("external") === true,
    requires: readFieldSet(args, "requires", problem),
    provides: readFieldSet(args, "provides", problem),
    isOverriding: args.get("override") !== undefined,
    isOverridden: args.get("usedOverridden") === true,
    label,
    typeName: textIn(args, "type")?.replaceAll(/[[\]!\s]/g, ""),
  };
}

function signaturesOf(types: ReadonlyMap<string, CompositeType>): Model["signatures"] {
  const signatures = new Map<string, string[]>();
  for (const { fields } of types.values())
    for (const { name, signature } of fields.values()) {
      const known = signatures.get(name) ?? [];
      if (!known.includes(signature)) known.push(signature);
      signatures.set(name, known);
    }
  return signatures;
}
