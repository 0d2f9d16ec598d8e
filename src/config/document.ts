import { needsRestart } from "./diff.ts";
import { introduction } from "./introduction.ts";
import { configShape } from "./schema.ts";
import { alternatives, type SchemaNode } from "./schema-shape.ts";

interface Row {
  readonly path: string;
  readonly kind: string;
  readonly preset: string;
  readonly meaning: string;
}

/** `docs/configuration.md`: the introduction and one table for each section, made from the schema. */
export function documentConfig(): string {
  const fields = children(configShape);
  const sections = fields.filter(([, node]) => isMap(node)).map(([name, node]) => section(name, node));
  const others = fields.filter(([, node]) => !isMap(node)).flatMap(([name, node]) => rowsOf(name, node));
  return [introduction, ...sections, `## Other fields\n\n${table(others)}`].join("\n\n").concat("\n");
}

function section(name: string, node: SchemaNode): string {
  return `## \`${name}\`\n\n${node.description ?? ""}\n\n${table(below(name, node))}`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ path, kind, preset, meaning }) => {
    const mark = needsRestart(path) ? " ⟳" : "";
    return `| \`${path}\`${mark} | ${cell(kind)} | ${cell(preset)} | ${cell(meaning)} |`;
  });
  return ["| field | takes | default | meaning |", "|---|---|---|---|", ...lines].join("\n");
}

/** The rows of a field: its own, unless it only groups others without a word of its own, and those below it. */
function rowsOf(path: string, node: SchemaNode, owner?: SchemaNode): readonly Row[] {
  const isRequired = owner?.required?.includes(path.slice(path.lastIndexOf(".") + 1)) === true;
  const preset =
    node.default === undefined || node.type === "object"
      ? isRequired
        ? "required"
        : ""
      : `\`${JSON.stringify(node.default)}\``;
  const own: Row = { path, kind: kindOf(node), preset, meaning: node.description ?? "" };
  return [own, ...below(path, node)];
}

function below(path: string, node: SchemaNode): readonly Row[] {
  const items = asNode(Array.isArray(node.items) ? undefined : node.items);
  const entries = asNode(node.additionalProperties);
  return [
    ...children(node).flatMap(([name, child]) => rowsOf(`${path}.${name}`, child, node)),
    ...entries.flatMap((child) => (isLeaf(child) ? [] : rowsOf(`${path}.<name>`, child))),
    ...items.flatMap((child) => below(`${path}[]`, child)),
    ...(node.anyOf ?? []).flatMap((branch) => asNode(branch).flatMap((child) => below(path, child))),
  ];
}

/** What may be written, in words. */
function kindOf(node: SchemaNode): string {
  const [only, ...others] = alternatives(node);
  if (only !== undefined && others.length > 0)
    return [...new Set([only, ...others].map(kindOf))].join(", or ");
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((choice) => `\`${String(choice)}\``).join(", ");
  if (node.writeOnly === true) return "secret";
  switch (node.type) {
    case "integer":
    case "number":
      return `${node.type === "integer" ? "whole number" : "number"}${rangeOf(node)}`;
    case "boolean":
      return "`true`, `false`";
    case "array":
      return `list of (${asNode(Array.isArray(node.items) ? undefined : node.items)
        .map(kindOf)
        .join()})`;
    case "object":
      return node.properties === undefined
        ? `map of names to ${asNode(node.additionalProperties).map(kindOf).join()}`
        : "fields";
    default:
      return "text";
  }
}

function rangeOf({ minimum, maximum }: SchemaNode): string {
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  const low = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  if (low !== undefined && isBounded) return ` ${low} to ${maximum}`;
  if (low !== undefined) return ` from ${low}`;
  return isBounded ? ` up to ${maximum}` : "";
}

function children(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    asNode(child).map((found) => [name, found] as const),
  );
}

function asNode(value: SchemaNode | boolean | undefined): readonly SchemaNode[] {
  return typeof value === "object" ? [value] : [];
}

function isMap(node: SchemaNode): boolean {
  return node.type === "object";
}

function isLeaf(node: SchemaNode): boolean {
  return node.type !== "object" && node.type !== "array" && node.anyOf === undefined;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
