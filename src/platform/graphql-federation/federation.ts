import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type {
  ClientOperation,
  Federation,
  FederationLimits,
  FederationSettings,
  GraphqlResult,
  Subgraph,
} from "../../ports/graphql-federation.ts";
import type { ApiSchema } from "./api-schema.ts";
import type { Fetch, Plan } from "./fetches.ts";
import { createKept } from "./kept.ts";
import type { Model } from "./model.ts";
import { inclusion, planOperation } from "./plan.ts";
import type { FetchText } from "./print-fetch.ts";
import { createTexts, type Running, runPlan } from "./run-plan.ts";
import { type Shaping, shape } from "./shape.ts";

interface Ready {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Variables that decide what is included. */
  readonly deciding: readonly string[];
}

interface Planned {
  readonly plan: Plan;
  readonly textOf: (fetch: Fetch) => FetchText;
}

export interface FederationParts {
  readonly model: Model;
  readonly api: ApiSchema;
  readonly settings: FederationSettings;
  readonly limits: FederationLimits;
}

export function createFederation({ model, api, settings, limits }: FederationParts): Federation {
  const { doors } = settings;
  const documents = createKept<Ready | GraphqlResult>(limits.plansMax);
  const plans = createKept<Planned>(limits.plansMax);

  const ready = ({ text, operationName }: ClientOperation) =>
    documents.get(`${operationName ?? ""}\n${text}`, () =>
      readOperation(api, limits, { text, operationName }),
    );

  const planFor = (
    key: string,
    found: Ready,
    variables: Readonly<Record<string, unknown>>,
    context: unknown,
  ) => {
    const labels = [...model.labels].filter((label) => doors.isLabelOn?.(label, context) === true);
    const decided = found.deciding.map((name) => String(variables[name]));
    return plans.get([...labels, "", ...decided, key].join("\n"), () => {
      const stepsMax = limits.planningStepsMax;
      const plan = planOperation({ ...found, model, variables, labelsOn: new Set(labels), stepsMax });
      return { plan, textOf: createTexts(found.operation) };
    });
  };

  const prepare = (client: ClientOperation) => {
    const found = ready(client);
    if (!("document" in found)) return { refusal: found };
    const given = { ...client.variables };
    const { coerced, errors } = getVariableValues(
      api.schema,
      found.operation.variableDefinitions ?? [],
      given,
    );
    if (coerced === undefined) return { refusal: { errors: (errors ?? []).map(plainError) } };
    const key = `${client.operationName ?? ""}\n${client.text}`;
    const { plan, textOf } = planFor(key, found, coerced, client.context);
    const shaping: Shaping = {
      schema: api.schema,
      model,
      document: found.document,
      operationName: client.operationName,
      variables: given,
      asked: {
        operation: found.operation,
        fragments: found.fragments,
        isIncluded: inclusion(coerced),
        names: plan.names,
      },
      errorsMax: limits.errorsMax,
      exposeSubgraphErrors: settings.exposeSubgraphErrors === true,
    };
    const send = createSender({ model, settings }, client, plan);
    const running: Running = { model, plan, textOf, variables: coerced, limits, send };
    return { shaping, running };
  };

  return {
    subgraphs: [...model.subgraphs.values()],
    apiSdl: api.sdl,
    execute: async (client) => {
      const prepared = prepare(client);
      if (prepared.refusal !== undefined) return prepared.refusal;
      const { shaping, running } = prepared;
      if (running.plan.operation === "subscription") return streamed({ model, settings }, client, prepared);
      return shape(shaping, await runPlan(running));
    },
    explain: (client) => {
      const { running } = prepare(client);
      return (running?.plan.fetches ?? []).map((fetch) => {
        const at = fetch.path.map(({ key }) => key).join(".");
        return `${model.subgraphs.get(fetch.graph)?.name ?? fetch.graph} ${at}: ${running?.textOf(fetch).query ?? ""}`;
      });
    },
    planCache: () => plans.stats(),
  };
}

function plainError({ message, path, locations }: GraphQLError) {
  return {
    message,
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
}

/** The library counts lines anew for each error: in longer documents nobody is told where, as 20,000 lines took 1 ms for each. */
const linesMax = 1000;

function readOperation(
  { schema }: ApiSchema,
  { tokensMax, errorsMax }: FederationLimits,
  { text, operationName }: Pick<ClientOperation, "text" | "operationName">,
): Ready | GraphqlResult {
  try {
    const noLocation = (text.match(/\r\n|[\n\r]/g)?.length ?? 0) > linesMax;
    const document = parse(text, { maxTokens: tokensMax, noLocation });
    const errors = validate(schema, document, undefined, { maxErrors: Math.min(errorsMax, 20) });
    if (errors.length > 0) return { errors: errors.map(plainError) };
    const operation = getOperationAST(document, operationName ?? null);
    if (operation === null || operation === undefined)
      return { errors: [{ message: "The document has no such operation, or several and none is named." }] };
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const one of document.definitions)
      if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
    return { document, operation, fragments, deciding: decidingOf(text) };
  } catch (thrown) {
    if (thrown instanceof GraphQLError) return { errors: [plainError(thrown)] };
    throw thrown;
  }
}

/** `@skip(if: $name)` and `@include(if: $name)`; one that stands in a text only makes a key longer. */
function decidingOf(text: string): readonly string[] {
  const found = text.matchAll(/@(?:skip|include)[^)]*\$[\s,]*(\w+)/g);
  return [...new Set([...found].map(([, name]) => name ?? ""))].toSorted();
}

type Ways = Pick<FederationParts, "model" | "settings">;

function subgraphAt({ model }: Ways, graph: string): Subgraph {
  const subgraph = model.subgraphs.get(graph);
  if (subgraph === undefined) throw new GatewayError("internal", `no subgraph ${graph}`);
  return subgraph;
}

function createSender(
  ways: Ways,
  { context, signal }: ClientOperation,
  { operation }: Plan,
): Running["send"] {
  const sent = new Map<string, Promise<unknown>>();
  return (graph, query, variables) => {
    const operationType = query.startsWith("mutation") ? "mutation" : "query";
    const send = () =>
      ways.settings.doors.fetch(subgraphAt(ways, graph), {
        query,
        variables,
        operationType,
        context,
        signal,
      });
    if (operation === "mutation" && operationType === "mutation") return send();
    const id = `${graph}\n${query}\n${JSON.stringify(variables)}`;
    // After a mutation the same question may have another answer.
    const known = operation === "query" ? sent.get(id) : undefined;
    const promise = known ?? send();
    sent.set(id, promise);
    return promise;
  };
}

async function* streamed(
  ways: Ways,
  client: ClientOperation,
  { running, shaping }: { readonly running: Running; readonly shaping: Shaping },
): AsyncGenerator<GraphqlResult> {
  const [root] = running.plan.fetches;
  if (root === undefined) return;
  const { query, variables } = running.textOf(root);
  const used = Object.fromEntries(
    Object.entries(running.variables).filter(([name]) => variables.includes(name)),
  );
  const { context, signal } = client;
  const request = { query, variables: used, operationType: "subscription", context, signal } as const;
  for await (const event of ways.settings.doors.subscribe(subgraphAt(ways, root.graph), request)) {
    const sending = { ...running, send: createSender(ways, client, running.plan) };
    yield shape(shaping, await runPlan(sending, event ?? {}));
  }
}
