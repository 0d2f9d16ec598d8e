import { type ConstDirectiveNode, Kind, parse, type SelectionSetNode, type TypeNode } from "graphql";

export type Arguments = ReadonlyMap<string, string | boolean>;

/** The texts, names and truths among a directive's arguments. */
export function argumentsOf(directive: ConstDirectiveNode): Arguments {
  const found = new Map<string, string | boolean>();
  for (const { name, value } of directive.arguments ?? []) {
    if (value.kind === Kind.STRING || value.kind === Kind.ENUM || value.kind === Kind.BOOLEAN)
      found.set(name.value, value.value);
  }
  return found;
}

interface Directed {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

export function directivesNamed(node: Directed, name: string): readonly Arguments[] {
  return (node.directives ?? []).filter((one) => one.name.value === name).map(argumentsOf);
}

export function has(node: Directed, name: string): boolean {
  return (node.directives ?? []).some((one) => one.name.value === name);
}

/** The text under a name, if it is one. */
export function textIn(args: Arguments, name: string): string | undefined {
  const value = args.get(name);
  return typeof value === "string" ? value : undefined;
}

/** A field set, `id owner { name }`, as selections. Throws what `parse` throws. */
export function fieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no field set: ${text}`);
  return definition.selectionSet;
}

export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
