import { graphqlRouteSettings } from "../config/graphql-settings.ts";
import type { Config } from "../config/schema.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import { type GraphqlChecker, graphqlLimits } from "../ports/graphql.ts";
import type { GraphqlTools } from "../ports/graphql-tools.ts";
import { createDocumentStore, type DocumentStore, readManifest } from "../protocols/graphql/index.ts";
import type { GraphqlParts, GraphqlSchemaFacts, OpenedFederation, SubgraphAsker } from "./graphql-kept.ts";
import type { Service } from "./services.ts";

type RouteSettings = Config["routes"][string];
type Settings = NonNullable<RouteSettings["graphql"]>;

export interface FederatedRoute extends OpenedFederation {
  /** By the name of a subgraph. */
  readonly targets: ReadonlyMap<string, ServiceTarget>;
  /** Names of the services, in the order of the subgraphs. */
  readonly services: readonly string[];
}

/** A route of GraphQL, compiled. */
export interface GraphqlRoute {
  readonly id: string;
  readonly settings: Pick<Settings, "batchingMax" | "forwardHeaders" | "overrideLabels">;
  readonly variablesBytesMax: number;
  readonly bodyBytesMax: number;
  readonly checker: GraphqlChecker;
  readonly documents: DocumentStore;
  /** Whether it is noted what is run though it is not trusted. */
  readonly notesUntrusted: boolean;
  /** Hexadecimal SHA-256 of a text. */
  readonly digestOf: (text: string) => string;
  /** Absent: none is known, and only limits are checked. */
  readonly schema: GraphqlSchemaFacts | undefined;
  /** Whether a key of that name may ask for the schema. */
  readonly mayIntrospect: (keyName: string) => boolean;
  /** Absent: a single service answers. */
  readonly federated: FederatedRoute | undefined;
}

interface Written {
  readonly id: string;
  readonly settings: RouteSettings;
  /** Texts by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** So much of a body is read unless the route says another bound. Source: protocols specification, section 4. */
const usualBodyBytesMax = 256 * 1024;

/** @throws GatewayError `malformed_request` that tells what is wrong with its files: the revision is refused. */
export function compileGraphqlRoute(
  { id, settings, files }: Written,
  services: ReadonlyMap<string, Service>,
  tools: GraphqlParts,
): GraphqlRoute {
  const graphql = settings.graphql ?? graphqlRouteSettings.parse({});
  const { variablesBytes, ...given } = graphql.limits;
  const limits = { ...graphqlLimits, ...given };
  const federated =
    graphql.supergraph === undefined
      ? undefined
      : federatedRoute({ id, settings, files }, files[graphql.supergraph] ?? "", { services, tools });
  const sdl =
    federated?.federation.apiSdl ?? (graphql.schema === undefined ? undefined : files[graphql.schema]);
  const { mode, manifest } = graphql.trustedDocuments;
  const listed = manifest === undefined ? undefined : (files[manifest] ?? "");
  const { kept, engine, sha256 } = tools;
  const digestOf = (...parts: readonly unknown[]): string => sha256(JSON.stringify(parts));
  const checked = kept.checkers.get(id, digestOf(sdl, limits), () => {
    const read = schemaOf(id, sdl, tools);
    return { checker: engine.checkerOf({ schema: read?.schema, limits }), schema: read?.facts };
  });
  const { allow, keys } = graphql.introspection;
  return {
    id,
    settings: graphql,
    variablesBytesMax: variablesBytes,
    bodyBytesMax: settings.bodyBytesMax ?? usualBodyBytesMax,
    checker: checked.checker,
    schema: checked.schema,
    documents: kept.documents.get(id, digestOf(mode, listed), () =>
      createDocumentStore({ mode, documents: manifestOf(id, listed, tools) }, sha256),
    ),
    notesUntrusted: mode === "log",
    digestOf: sha256,
    mayIntrospect: (keyName) => allow || keys.includes(keyName),
    federated,
  };
}

function schemaOf(id: string, text: string | undefined, { engine, sha256 }: GraphqlTools) {
  if (text === undefined) return undefined;
  const read = engine.schemaOf(text);
  if (read.kind === "problems") return refuse(id, "schema", read.problems);
  const { schema, types } = read;
  return { schema, facts: { hash: sha256(text), types } };
}

function manifestOf(
  id: string,
  text: string | undefined,
  { sha256 }: GraphqlTools,
): ReadonlyMap<string, string> {
  if (text === undefined) return new Map();
  const read = readManifest(text, sha256);
  return read.kind === "documents" ? read.documents : refuse(id, "trustedDocuments.manifest", read.problems);
}

function federatedRoute(
  { id, settings }: Written,
  text: string,
  { services, tools }: { readonly services: ReadonlyMap<string, Service>; readonly tools: GraphqlParts },
): FederatedRoute {
  const { limits, exposeSubgraphErrors = false, subgraphs: named } = settings.graphql ?? {};
  const tokensMax = limits?.tokens ?? graphqlLimits.tokens;
  const key = tools.sha256(JSON.stringify([text, tokensMax, exposeSubgraphErrors]));
  const opened = tools.kept.federations.get(id, key, () =>
    openFederation(id, text, { tools, tokensMax, exposeSubgraphErrors }),
  );
  const found = opened.federation.subgraphs.map(({ name }) => {
    const goal = named?.[name]?.service ?? name.toLowerCase();
    const service = services.get(goal);
    if (service === undefined)
      return refuse(id, "subgraphs", [`the subgraph ${name} needs a service, for example \`${goal}\``]);
    return [name, service] as const;
  });
  const { headMs, idleMs } = settings;
  return {
    ...opened,
    services: found.map(([, service]) => service.id),
    targets: new Map(
      found.map(([name, service]) => [
        name,
        {
          ...service.targetOf("graphql"),
          ...(headMs === undefined ? {} : { headTimeout: milliseconds(headMs) }),
          ...(idleMs === undefined ? {} : { idleTimeout: milliseconds(idleMs) }),
        },
      ]),
    ),
  };
}

/** It knows nothing of services and of who asks, so that it may serve one configuration after the other. */
function openFederation(
  id: string,
  text: string,
  {
    tools,
    tokensMax,
    exposeSubgraphErrors,
  }: {
    readonly tools: GraphqlTools;
    readonly tokensMax: number;
    readonly exposeSubgraphErrors: boolean;
  },
): OpenedFederation {
  const askers = new WeakMap<object, SubgraphAsker>();
  const askerOf = (context: unknown): SubgraphAsker => {
    const asker = typeof context === "object" && context !== null ? askers.get(context) : undefined;
    if (asker === undefined) throw new GatewayError("internal", "a subgraph is asked for nobody");
    return asker;
  };
  const opened = tools.openSupergraph(text, {
    doors: {
      fetch: (subgraph, request) => askerOf(request.context).fetch(subgraph, request),
      subscribe: (subgraph, request) => askerOf(request.context).subscribe(subgraph, request),
      isLabelOn: (label, context) => askerOf(context).isLabelOn(label),
    },
    limits: { tokensMax },
    exposeSubgraphErrors,
  });
  if (opened.kind === "federation") return { federation: opened.federation, askers };
  return refuse(
    id,
    "supergraph",
    opened.problems.map(({ at, message }) => `${at}: ${message}`),
  );
}

function refuse(id: string, what: string, problems: readonly string[]): never {
  const message = `\`routes.${id}.graphql.${what}\` cannot be used: ${problems.slice(0, 5).join("; ")}`;
  throw new GatewayError("malformed_request", message, { message });
}
