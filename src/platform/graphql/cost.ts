import { Kind, type OperationDefinitionNode, type ValueNode, valueFromASTUntyped } from "graphql";
import type { CostPlan, FieldCost, SelectionCost } from "./cost-plan.ts";
import { LimitError } from "./faults.ts";

/** What a slicing argument may be read from, besides the document. */
export interface CostFacts {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Items of a list that tells no size. */
  readonly listSize: number;
}

/** The size that a field above has told for some of its children. */
interface Told {
  readonly fields: ReadonlySet<string>;
  readonly size: number;
}

/**
 * The cost of an operation: `weight + n * sum(cost of children)` for each field, where `n` is its slicing argument, its
 * assumed size, or the default of lists. A fragment's cost is computed once for each field that tells the sizes in it.
 *
 * @returns At most 2^53, where the sum ends.
 * @throws LimitError When a field wants just one slicing argument and was given another number of them.
 *
 * Source: the formula of the protocols specification, part 4; directives by IBM, "GraphQL Cost Directive Specification".
 */
export function costOf(plan: CostPlan, operation: OperationDefinitionNode, facts: CostFacts): number {
  const values = valuesOf(operation, facts.variables);
  const known = new Map<string, Map<Told | undefined, number>>();

  function ofSelections({ fields, spreads }: SelectionCost, told: Told | undefined): number {
    let sum = 0;
    for (const field of fields) sum += ofField(field, told);
    for (const name of spreads) sum += ofFragment(name, told);
    return Math.min(sum, Number.MAX_SAFE_INTEGER);
  }

  function ofFragment(name: string, told: Told | undefined): number {
    const costs = known.get(name) ?? new Map<Told | undefined, number>();
    known.set(name, costs);
    const done = costs.get(told);
    if (done !== undefined) return done;
    const selections = plan.fragments.get(name);
    const cost = selections === undefined ? 0 : ofSelections(selections, told);
    costs.set(told, cost);
    return cost;
  }

  function ofField(field: FieldCost, told: Told | undefined): number {
    const isTold = told?.fields.has(field.node.name.value) === true;
    const size = isTold ? told.size : sizeOf(field, values, facts.listSize);
    const sized = field.listSize?.sizedFields;
    const isForChildren = sized !== undefined && sized.size > 0;
    const inner = isForChildren ? { fields: sized, size } : undefined;
    return field.weight + (isForChildren ? 1 : size) * ofSelections(field.children, inner);
  }

  const selections = plan.operations.get(operation);
  const cost = selections === undefined ? 0 : ofSelections(selections, undefined);
  return Math.min(Math.max(0, cost), Number.MAX_SAFE_INTEGER);
}

/** How many items a field is taken to have. */
function sizeOf(field: FieldCost, values: ReadonlyMap<string, unknown>, listSize: number): number {
  const { lists, listSize: told } = field;
  if (told === undefined) return listSize ** lists;
  const given = told.slicingArguments.flatMap((path) => {
    const value = slicingValue(field, path, values);
    return typeof value === "number" ? [Math.max(0, value)] : [];
  });
  if (told.slicingArguments.length > 0 && told.requiresOneSlicingArgument && given.length !== 1) {
    const names = told.slicingArguments.map((path) => `\`${path.join(".")}\``).join(", ");
    const message = `The field \`${field.node.name.value}\` must be given one of ${names}.`;
    throw new LimitError("slicing-arguments", message, field.node);
  }
  const outer = given.length > 0 ? Math.max(...given) : (told.assumedSize ?? listSize);
  return outer * listSize ** Math.max(0, lists - 1);
}

function slicingValue(
  { node, defaults }: FieldCost,
  [name = "", ...rest]: readonly string[],
  values: ReadonlyMap<string, unknown>,
): unknown {
  const written = node.arguments?.find((argument) => argument.name.value === name)?.value;
  let value: unknown = written === undefined ? undefined : plainValue(written, values);
  if (value === undefined) value = defaults.get(name);
  for (const member of rest) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, member)?.value;
  }
  return value;
}

function plainValue(node: ValueNode, values: ReadonlyMap<string, unknown>): unknown {
  if (node.kind === Kind.VARIABLE) return values.get(node.name.value);
  if (node.kind !== Kind.OBJECT) return valueFromASTUntyped(node);
  return Object.fromEntries(node.fields.map((field) => [field.name.value, plainValue(field.value, values)]));
}

/** The variables of an operation, with the defaults that it declares. */
function valuesOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, unknown> {
  return new Map(
    variableDefinitions.map(({ variable: { name }, defaultValue }) => [
      name.value,
      Object.hasOwn(variables, name.value)
        ? variables[name.value]
        : defaultValue && valueFromASTUntyped(defaultValue),
    ]),
  );
}
