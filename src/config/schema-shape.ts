import type * as z from "zod";
import type { Path } from "./path.ts";

/** A JSON Schema as Zod prints it. */
export type SchemaNode = z.core.JSONSchema.BaseSchema;

/** The schemas that may apply at `path`: several where alternatives are open, none where nothing may stand. */
export function schemasAt(root: SchemaNode, path: Path): readonly SchemaNode[] {
  return path.reduce<readonly SchemaNode[]>(schemasBelow, alternatives(root));
}

/** The schemas that may apply one step below a value to which `nodes` apply. */
export function schemasBelow(nodes: readonly SchemaNode[], step: string | number): readonly SchemaNode[] {
  return nodes.flatMap((node) => below(node, step));
}

/** Names that may stand in an object at `path`; empty where names are free. */
export function fieldNames(root: SchemaNode, path: Path): readonly string[] {
  return schemasAt(root, path).flatMap((node) => Object.keys(node.properties ?? {}));
}

function below(node: SchemaNode, step: string | number): readonly SchemaNode[] {
  if (typeof step === "number") return asNode(Array.isArray(node.items) ? undefined : node.items);
  const own = Object.hasOwn(node.properties ?? {}, step) ? node.properties?.[step] : undefined;
  return asNode(own ?? node.additionalProperties);
}

function asNode(value: SchemaNode | boolean | undefined): readonly SchemaNode[] {
  return typeof value === "object" ? alternatives(value) : [];
}

/** The schemas of which one must fit: the branches of `anyOf`, or one for each of several types. */
export function alternatives(node: SchemaNode): readonly SchemaNode[] {
  if (node.anyOf !== undefined) return node.anyOf.flatMap((branch) => asNode(branch));
  const { type, ...others } = node;
  // Zod joins plain alternatives to a list of types, which its own declaration of a schema does not know.
  const types: unknown = type;
  return Array.isArray(types)
    ? types.map((one: NonNullable<SchemaNode["type"]>) => ({ ...others, type: one }))
    : [node];
}
