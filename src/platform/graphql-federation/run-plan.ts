import type { OperationDefinitionNode } from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type { FederationLimits } from "../../ports/graphql-federation.ts";
import { type Answer, malformed, ownOf, readAnswer, type SubgraphFault } from "./answer.ts";
import type { Fetch, Plan, Selected } from "./fetches.ts";
import type { Model } from "./model.ts";
import { type FetchText, printFetch, representationsName } from "./print-fetch.ts";
import { type Branch, combine, isBranch, merge, objectsAt, represent, typename } from "./tree.ts";

/** A subgraph's own error; `told`: what it said. */
export class SubgraphError extends Error {
  readonly told: SubgraphFault;
  readonly graph: string;
  constructor(told: SubgraphFault, graph: string) {
    super(told.message);
    this.told = told;
    this.graph = graph;
  }
}

export interface Running {
  readonly model: Model;
  readonly plan: Plan;
  readonly textOf: (fetch: Fetch) => FetchText;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly limits: FederationLimits;
  /** Sends, identical ones of one request once. */
  readonly send: (
    graph: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ) => Promise<unknown>;
}

export function createTexts(operation: OperationDefinitionNode): (fetch: Fetch) => FetchText {
  const texts = new Map<Fetch, FetchText>();
  return (fetch) => {
    const text = texts.get(fetch) ?? printFetch(fetch, operation);
    texts.set(fetch, text);
    return text;
  };
}

/** Runs the fetches of a plan, each as soon as those before it are done. `first`: the answer to the first one. */
export async function runPlan(running: Running, first?: unknown): Promise<Branch> {
  const root: Branch = new Map();
  const [head] = running.plan.fetches;
  const start = (fetch: Fetch): Promise<void> => {
    const known = started.get(fetch);
    if (known !== undefined) return known;
    const promise = Promise.all([...fetch.after].map(start)).then(async () => {
      if (fetch.target !== undefined) return runEntities(running, root, fetch);
      return runRoot(running, root, fetch, fetch === head ? first : undefined);
    });
    started.set(fetch, promise);
    return promise;
  };
  const started = new Map<Fetch, Promise<void>>();
  await Promise.all(running.plan.fetches.map(start));
  return root;
}

async function runRoot(running: Running, root: Branch, fetch: Fetch, first: unknown): Promise<void> {
  try {
    const { query, variables } = running.textOf(fetch);
    const value = first ?? (await running.send(fetch.graph, query, pick(running.variables, variables)));
    const answer = readAnswer(value, running.limits);
    merge(running.model, root, answer.data, fetch.selected);
    placeFaults(answer, fetch, () => [root]);
    if (answer.faults.length > 0 && answer.data === null)
      failMissing([root], fetch.selected, faultOf(answer, fetch));
  } catch (thrown) {
    failMissing([root], fetch.selected, GatewayError.from(thrown));
  }
}

function pick(
  variables: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}

/** Objects of the tree by what is sent of them: what is the same is sent once. */
function groupObjects({ model }: Running, root: Branch, fetch: Fetch) {
  const groups = new Map<string, { readonly sent: Record<string, unknown>; readonly objects: Branch[] }>();
  const { target } = fetch;
  if (target === undefined) return [];
  for (const branch of objectsAt(model, root, fetch)) {
    const sent: Record<string, unknown> = {};
    let isWhole = target.key.fields.every(({ key }) => branch.get(key) !== null);
    for (const one of target.representations) {
      const part = represent(model, branch, one);
      isWhole &&= part !== undefined;
      for (const [name, value] of Object.entries(part ?? {})) combine(sent, name, value);
    }
    if (!isWhole) continue;
    sent[typename] = target.typeName;
    const text = JSON.stringify(sent);
    const group = groups.get(text) ?? { sent, objects: [] };
    group.objects.push(branch);
    groups.set(text, group);
  }
  return [...groups.values()];
}

async function runEntities(running: Running, root: Branch, fetch: Fetch): Promise<void> {
  const groups = groupObjects(running, root, fetch);
  const size = running.limits.keysPerFetchMax;
  const batches = Array.from({ length: Math.ceil(groups.length / size) }, (_, index) =>
    groups.slice(index * size, (index + 1) * size),
  );
  await Promise.all(batches.map((batch) => runBatch(running, fetch, batch)));
}

async function runBatch(
  running: Running,
  fetch: Fetch,
  batch: ReturnType<typeof groupObjects>,
): Promise<void> {
  const objects = batch.flatMap((group) => group.objects);
  try {
    const { query, variables } = running.textOf(fetch);
    const name = representationsName(variables);
    const sent = { ...pick(running.variables, variables), [name]: batch.map((group) => group.sent) };
    const answer = readAnswer(await running.send(fetch.graph, query, sent), running.limits);
    const entities = ownOf(answer.data, "_entities");
    if (!Array.isArray(entities)) {
      if (answer.faults.length === 0) throw malformed("it has no _entities");
      failMissing(objects, fetch.selected, faultOf(answer, fetch));
      return;
    }
    if (entities.length !== batch.length)
      throw malformed("_entities has another length than representations");
    for (const [index, group] of batch.entries())
      for (const branch of group.objects) merge(running.model, branch, entities[index], fetch.selected);
    placeFaults(answer, fetch, (path) => {
      const at = path.splice(0, 2)[1];
      return typeof at === "number" ? (batch[at]?.objects ?? []) : objects;
    });
  } catch (thrown) {
    failMissing(objects, fetch.selected, GatewayError.from(thrown));
  }
}

function faultOf({ faults }: Answer, { graph }: Fetch): SubgraphError {
  const [first] = faults;
  return new SubgraphError(first ?? { message: "error", path: [], extensions: undefined }, graph);
}

/** Puts errors into the tree in the place of the nulls that they explain. */
function placeFaults(
  { faults }: Answer,
  { graph, selected }: Fetch,
  objectsOf: (path: (string | number)[]) => readonly Branch[],
): void {
  for (const fault of faults) {
    const path = [...fault.path];
    const error = new SubgraphError(fault, graph);
    const objects = objectsOf(path);
    for (const branch of objects)
      if (!placeError(branch, path, error)) failMissing([branch], selected, error);
  }
}

function placeError(branch: Branch, path: readonly (string | number)[], error: Error): boolean {
  let at: unknown = branch;
  for (const step of path) {
    const next: unknown = childOf(at, step);
    if (next instanceof Error) return true;
    if (next === null || next === undefined) return setChild(at, step, error);
    at = next;
  }
  return false;
}

function childOf(at: unknown, step: string | number): unknown {
  if (isBranch(at) && typeof step === "string") return at.get(step);
  if (!Array.isArray(at) || typeof step !== "number") return false;
  const item: unknown = at[step];
  return step < at.length ? item : false;
}

function setChild(at: unknown, step: string | number, error: Error): boolean {
  if (isBranch(at) && typeof step === "string") at.set(step, error);
  else if (Array.isArray(at) && typeof step === "number") at[step] = error;
  return true;
}

/** Whatever a fetch was to deliver and has not, failed by this. */
function failMissing(objects: readonly Branch[], selected: Selected, error: Error): void {
  for (const branch of objects) {
    for (const key of selected.fields.keys()) if ((branch.get(key) ?? null) === null) branch.set(key, error);
    const told = branch.get(typename);
    for (const [name, inner] of selected.types) if (told === name) failMissing([branch], inner, error);
  }
}
