import type { OperationDefinitionNode } from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type { FederationLimits } from "../../ports/graphql-federation.ts";
import { type Answer, malformed, ownOf, readAnswer, type SubgraphFault } from "./answer.ts";
import { failMissing, placeFault, SubgraphError } from "./faults.ts";
import type { Fetch, Plan } from "./fetches.ts";
import type { Model } from "./model.ts";
import { type FetchText, printFetch, representationsName } from "./print-fetch.ts";
import { type Branch, combine, failedIn, merge, objectsAt, represent, typename } from "./tree.ts";

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

/** What the fetches of a plan have brought. `loose`: errors of subgraphs that explain no null. */
export interface Harvest {
  readonly root: Branch;
  readonly loose: SubgraphError[];
}

/** Runs the fetches of a plan, each as soon as those before it are done. `first`: the answer to the first one. */
export async function runPlan(running: Running, first?: unknown): Promise<Harvest> {
  const harvest: Harvest = { root: new Map(), loose: [] };
  const [head] = running.plan.fetches;
  const start = (fetch: Fetch): Promise<void> => {
    const known = started.get(fetch);
    if (known !== undefined) return known;
    const promise = Promise.all([...fetch.after].map(start)).then(async () => {
      if (fetch.target !== undefined) return runEntities(running, harvest, fetch);
      return runRoot(running, harvest, fetch, fetch === head ? first : undefined);
    });
    started.set(fetch, promise);
    return promise;
  };
  const started = new Map<Fetch, Promise<void>>();
  await Promise.all(running.plan.fetches.map(start));
  return harvest;
}

async function runRoot(
  running: Running,
  { root, loose }: Harvest,
  fetch: Fetch,
  first: unknown,
): Promise<void> {
  try {
    const { query, variables } = running.textOf(fetch);
    const value = first ?? (await running.send(fetch.graph, query, pick(running.variables, variables)));
    const answer = readAnswer(value, running.limits);
    merge(running.model, root, answer.data, fetch.selected);
    const hit = { branch: root, isNull: answer.data === null };
    for (const fault of answer.faults)
      if (!placeFault(fault, fault.path, hit, fetch))
        loose.push(new SubgraphError(fault, fetch.graph, fault.path));
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

interface Group {
  readonly sent: Record<string, unknown>;
  readonly objects: Branch[];
}

/** Objects of the tree by what is sent of them: what is the same is sent once. */
function groupObjects({ model }: Running, root: Branch, fetch: Fetch): readonly Group[] {
  const groups = new Map<string, Group>();
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
    if (!isWhole) {
      failWith(branch, fetch, failedIn(model, branch, target.representations));
      continue;
    }
    sent[typename] = target.typeName;
    const text = JSON.stringify(sent);
    const group = groups.get(text) ?? { sent, objects: [] };
    group.objects.push(branch);
    groups.set(text, group);
  }
  return [...groups.values()];
}

/** What could not be asked, because what it takes has failed, failed by the same: told where the client asked for it. */
function failWith(branch: Branch, { selected }: Fetch, cause: Error | undefined): void {
  if (cause === undefined) return;
  const error = cause instanceof SubgraphError ? new SubgraphError(cause.told, cause.graph) : cause;
  failMissing([branch], selected, error);
}

async function runEntities(running: Running, harvest: Harvest, fetch: Fetch): Promise<void> {
  const groups = groupObjects(running, harvest.root, fetch);
  const size = running.limits.keysPerFetchMax;
  const batches = Array.from({ length: Math.ceil(groups.length / size) }, (_, index) =>
    groups.slice(index * size, (index + 1) * size),
  );
  await Promise.all(batches.map((batch) => runBatch(running, harvest, { fetch, batch })));
}

interface Batch {
  readonly fetch: Fetch;
  readonly batch: readonly Group[];
}

async function runBatch(running: Running, { loose }: Harvest, { fetch, batch }: Batch): Promise<void> {
  try {
    const { query, variables } = running.textOf(fetch);
    const name = representationsName(variables);
    const sent = { ...pick(running.variables, variables), [name]: batch.map((group) => group.sent) };
    const answer = readAnswer(await running.send(fetch.graph, query, sent), running.limits);
    const entities = ownOf(answer.data, "_entities");
    if (!Array.isArray(entities) && answer.faults.length === 0) throw malformed("it has no _entities");
    if (Array.isArray(entities) && entities.length !== batch.length)
      throw malformed("_entities has another length than representations");
    const list: readonly unknown[] = Array.isArray(entities) ? entities : [];
    for (const [index, group] of batch.entries())
      for (const branch of group.objects) merge(running.model, branch, list[index] ?? null, fetch.selected);
    loose.push(...placeFaults(answer, list, { fetch, batch }));
  } catch (thrown) {
    failMissing(
      batch.flatMap((group) => group.objects),
      fetch.selected,
      GatewayError.from(thrown),
    );
  }
}

/** One error at so many objects, over all errors: an entity may stand at any number of places. */
const placingsMax = 100_000;

/** Those of one entity, then what is said of all of them. @returns Those that explain nothing. */
function placeFaults(
  { faults }: Answer,
  entities: readonly unknown[],
  { fetch, batch }: Batch,
): readonly SubgraphError[] {
  const loose: SubgraphError[] = [];
  // Where there are no entities, the first error is the reason for all of them.
  let ofAll = entities.length === 0 ? faults[0] : undefined;
  let placings = 0;
  for (const fault of faults) {
    const found = entityOf(fault, batch);
    ofAll ??= found === undefined ? fault : undefined;
    if (found === undefined) continue;
    placings += found.objects.length;
    if (placings > placingsMax) break;
    const isNull = (entities[found.index] ?? null) === null;
    const placed = found.objects.map((branch) => placeFault(fault, found.path, { branch, isNull }, fetch));
    if (!placed.includes(true)) loose.push(new SubgraphError(fault, fetch.graph));
  }
  if (ofAll === undefined) return loose;
  const error = new SubgraphError(ofAll, fetch.graph);
  const count = failMissing(
    batch.flatMap(({ objects }) => objects),
    fetch.selected,
    error,
  );
  return count > 0 ? loose : [...loose, error];
}

/** What a fault is about, and where below it arose; `undefined`: about all. */
function entityOf({ path: [, index, ...path] }: SubgraphFault, batch: readonly Group[]) {
  const objects = typeof index === "number" ? batch[index]?.objects : undefined;
  return typeof index === "number" && objects !== undefined ? { index, objects, path } : undefined;
}
