import { Kind, type OperationDefinitionNode, OperationTypeNode, type SelectionNode } from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type { Plan } from "./fetches.ts";
import { type Flattening, fieldNode, flatten, type Picked } from "./flatten.ts";
import { isServed, type Model } from "./model.ts";
import { createNames } from "./names.ts";
import type { Planning } from "./place.ts";
import { emptyFetch, planObject } from "./plan-objects.ts";

export interface PlanRequest {
  readonly model: Model;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Flattening["fragments"];
  /** Decides `@skip` and `@include`. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly labelsOn: ReadonlySet<string>;
  readonly stepsMax: number;
}

/** Throws `malformed_request` when it takes more steps than allowed, `no_eligible_upstream` for a field without deliverer. */
export function planOperation(request: PlanRequest): Plan {
  const { model, operation, fragments, variables, labelsOn, stepsMax } = request;
  let steps = 0;
  const planning: Planning = {
    model,
    fragments,
    labelsOn,
    names: createNames(model),
    fetches: [],
    isIncluded: inclusion(variables),
    step: () => {
      steps++;
      if (steps > stepsMax)
        throw new GatewayError("malformed_request", `planning takes more than ${stepsMax} steps`, {
          message: `The operation takes more than ${stepsMax} planning steps.`,
          param: "planningSteps",
        });
    },
  };
  planRoot(planning, operation);
  return { operation: operation.operation, fetches: planning.fetches, names: planning.names, steps };
}

function planRoot(planning: Planning, { operation, selectionSet }: OperationDefinitionNode): void {
  const typeName = planning.model.roots[operation];
  const { fields } = flatten(planning, typeName, selectionSet.selections);
  for (const picked of fields) {
    if (picked.name.startsWith("__")) continue;
    let selections: readonly SelectionNode[] | undefined = picked.selections;
    for (const graph of graphsFor(planning, typeName, picked)) {
      const left = planRootField(planning, { operation, typeName, graph }, [fieldNode(picked, selections)]);
      const [rest] = left;
      selections = rest?.kind === Kind.FIELD ? (rest.selectionSet?.selections ?? []) : undefined;
      if (selections === undefined || operation !== OperationTypeNode.QUERY) break;
    }
    if (selections !== undefined)
      throw new GatewayError(
        "no_eligible_upstream",
        `no subgraph delivers all of ${typeName}.${picked.name}`,
      );
  }
}

interface RootPlace {
  readonly operation: OperationDefinitionNode["operation"];
  readonly typeName: string;
  readonly graph: string;
}

function planRootField(
  planning: Planning,
  { operation, typeName, graph }: RootPlace,
  selections: readonly SelectionNode[],
) {
  const roots = planning.fetches.filter(({ target }) => target === undefined);
  const candidates = operation === OperationTypeNode.QUERY ? roots : roots.slice(-1);
  const before = [...planning.fetches];
  const fetch = candidates.find((one) => one.graph === graph) ?? emptyFetch(planning, graph, operation);
  // One mutation after the other, each with all that is below it.
  if (operation !== OperationTypeNode.QUERY && !before.includes(fetch))
    for (const one of before) fetch.after.add(one);
  const source = { fetch, selected: fetch.selected, graph, typeName, provided: [] };
  return planObject(
    planning,
    { typeName, isVirtual: false, path: [], on: undefined, sources: [source] },
    selections,
    new Set(),
  );
}

/** Who has a root field: first who delivers most of what is below it, then who is asked already. */
function graphsFor(planning: Planning, typeName: string, picked: Picked): readonly string[] {
  const field = planning.model.types.get(typeName)?.fields.get(picked.name);
  const graphs = [...(field?.joins ?? [])]
    .filter(([, join]) => isServed(join, planning.labelsOn))
    .map(([graph]) => graph);
  if (graphs.length < 2 || field === undefined) return graphs;
  const scores = new Map(
    graphs.map((graph) => {
      const type = field.joins.get(graph)?.typeName ?? field.typeName;
      return [graph, score(planning, { graph, typeName: type, depth: 0 }, picked.selections)];
    }),
  );
  const isAsked = (graph: string) => Number(planning.fetches.some((one) => one.graph === graph));
  return graphs.toSorted((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0) || isAsked(b) - isAsked(a));
}

interface Scored {
  readonly graph: string;
  readonly typeName: string;
  readonly depth: number;
}

function score(
  planning: Planning,
  { graph, typeName, depth }: Scored,
  selections: readonly SelectionNode[],
): number {
  const { types } = planning.model;
  let sum = 0;
  for (const one of types.get(typeName)?.possibleIn.get(graph) ?? [])
    for (const picked of flatten(planning, one, selections).fields) {
      sum += scoreField(planning, { graph, typeName: one, depth }, picked);
    }
  return sum;
}

function scoreField(
  planning: Planning,
  { graph, typeName, depth }: Scored,
  { name, selections }: Picked,
): number {
  const field = planning.model.types.get(typeName)?.fields.get(name);
  const join = field?.joins.get(graph);
  if (field === undefined || !isServed(join, planning.labelsOn) || join.requires !== undefined) return 0;
  const below = { graph, typeName: join.typeName ?? field.typeName, depth: depth + 1 };
  return field.isLeaf || depth > 3 ? 1 : score(planning, below, selections);
}

/** By `@skip` and `@include`. */
export function inclusion(variables: Readonly<Record<string, unknown>>): Flattening["isIncluded"] {
  return (directives) =>
    (directives ?? []).every(({ name, arguments: args }) => {
      if (name.value !== "skip" && name.value !== "include") return true;
      const value = args?.[0]?.value;
      const isTrue =
        value?.kind === Kind.VARIABLE
          ? variables[value.name.value] === true
          : value?.kind === Kind.BOOLEAN && value.value;
      return isTrue === (name.value === "include");
    });
}
