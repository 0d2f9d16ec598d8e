import { type ConstDirectiveNode, type ConstValueNode, Kind } from "graphql";

/** What `@listSize` says of a field. Source: IBM, "GraphQL Cost Directive Specification", section 2.2. */
export interface ListSize {
  readonly assumedSize: number | undefined;
  /** Arguments that tell the size; dots lead into input objects: `filter.first`. */
  readonly slicingArguments: readonly (readonly string[])[];
  /** Fields of the answer whose size it is, in the place of the field's own. */
  readonly sizedFields: ReadonlySet<string>;
  readonly requiresOneSlicingArgument: boolean;
}

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;

/** The weight in `@cost(weight: "2.5")`, or of a number; `undefined` where there is none. */
export function weightOf(node: Annotated): number | undefined {
  const value = argumentsOf(node, "cost")?.get("weight");
  if (value === undefined || !("value" in value)) return undefined;
  const weight = Number(value.value);
  return Number.isFinite(weight) ? weight : undefined;
}

export function listSizeOf(node: Annotated): ListSize | undefined {
  const given = argumentsOf(node, "listSize");
  if (given === undefined) return undefined;
  const assumed = given.get("assumedSize");
  const requires = given.get("requireOneSlicingArgument");
  return {
    assumedSize: assumed?.kind === Kind.INT ? Number(assumed.value) : undefined,
    slicingArguments: textsOf(given.get("slicingArguments")).map((path) => path.split(".")),
    sizedFields: new Set(textsOf(given.get("sizedFields"))),
    requiresOneSlicingArgument: requires?.kind !== Kind.BOOLEAN || requires.value,
  };
}

function argumentsOf(node: Annotated, name: string): ReadonlyMap<string, ConstValueNode> | undefined {
  // A supergraph may have the directives of a subgraph under their full name.
  const directive = node?.directives?.find(
    (found) => found.name.value === name || found.name.value === `federation__${name}`,
  );
  if (directive === undefined) return undefined;
  return new Map((directive.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
}

function textsOf(value: ConstValueNode | undefined): readonly string[] {
  if (value?.kind !== Kind.LIST) return value?.kind === Kind.STRING ? [value.value] : [];
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
}
