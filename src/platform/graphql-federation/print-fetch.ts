import { Kind, type OperationDefinitionNode, print, type VariableDefinitionNode, visit } from "graphql";
import type { Fetch, Selected, SelectedField } from "./fetches.ts";

export interface FetchText {
  readonly query: string;
  /** The client's variables that it uses. */
  readonly variables: readonly string[];
}

/** The operation that a fetch sends. Entities come by `$representations`, whatever the client calls its variables. */
export function printFetch(fetch: Fetch, { variableDefinitions }: OperationDefinitionNode): FetchText {
  const used = new Set<string>();
  const body = printSelected(fetch.selected, used);
  const declared = (variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  const parameters = declared.map(printDeclared);
  if (fetch.target === undefined) {
    const head = parameters.length === 0 ? fetch.operation : `${fetch.operation} (${parameters.join(", ")})`;
    return { query: `${head} ${body}`, variables: [...used] };
  }
  const name = representationsName(used);
  const head = [`$${name}: [_Any!]!`, ...parameters].join(", ");
  const entities = `_entities(representations: $${name}) { ... on ${fetch.target.typeName} ${body} }`;
  return { query: `query (${head}) { ${entities} }`, variables: [...used] };
}

/** With its default, though a value is always sent: by it a variable may stand where there must be no null. */
function printDeclared({ variable, type, defaultValue }: VariableDefinitionNode): string {
  const written = `$${variable.name.value}: ${print(type)}`;
  return defaultValue === undefined ? written : `${written} = ${print(defaultValue)}`;
}

/** One that the client has not taken. */
export function representationsName(used: ReadonlySet<string> | readonly string[]): string {
  const taken = new Set(used);
  let name = "representations";
  while (taken.has(name)) name += "_";
  return name;
}

function printSelected({ fields, types, hasTypename }: Selected, used: Set<string>): string {
  const parts = [...fields.values()].map((field) => printField(field, used));
  for (const [name, selected] of types) {
    if (selected.fields.size > 0 || selected.types.size > 0)
      parts.push(`... on ${name} ${printSelected(selected, used)}`);
  }
  if (hasTypename || parts.length === 0) parts.unshift("__typename");
  return `{ ${parts.join(" ")} }`;
}

function printField({ key, name, args, sub }: SelectedField, used: Set<string>): string {
  for (const arg of args)
    visit(arg, {
      [Kind.VARIABLE]: (node: { readonly name: { readonly value: string } }) =>
        void used.add(node.name.value),
    });
  const called = key === name ? name : `${key}: ${name}`;
  const given = args.length === 0 ? "" : `(${args.map((arg) => print(arg)).join(", ")})`;
  return sub === undefined ? `${called}${given}` : `${called}${given} ${printSelected(sub, used)}`;
}
