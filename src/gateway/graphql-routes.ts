import { graphqlRouteSettings } from "../config/graphql-settings.ts";
import type { Config } from "../config/schema.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import { type GraphqlChecker, graphqlLimits } from "../ports/graphql.ts";
import type { Federation, Subgraph, SubgraphRequest } from "../ports/graphql-federation.ts";
import type { GraphqlTools } from "../ports/graphql-tools.ts";
import { createDocumentStore, type DocumentStore, readManifest } from "../protocols/graphql/index.ts";
import type { Service } from "./services.ts";

type RouteSettings = Config["routes"][string];
type Settings = NonNullable<RouteSettings["graphql"]>;

/** Asks subgraphs for one request of a client. */
export interface SubgraphAsker {
  readonly fetch: (subgraph: Subgraph, request: SubgraphRequest) => Promise<unknown>;
  readonly subscribe: (subgraph: Subgraph, request: SubgraphRequest) => AsyncIterable<unknown>;
}

export interface FederatedRoute {
  readonly federation: Federation;
  /** By the name of a subgraph. */
  readonly targets: ReadonlyMap<string, ServiceTarget>;
  /** Names of the services, in the order of the subgraphs. */
  readonly services: readonly string[];
  /** Who asks, by the context of the request. */
  readonly askers: WeakMap<object, SubgraphAsker>;
}

/** A schema as it may be shown. */
export interface GraphqlSchemaFacts {
  /** Hexadecimal SHA-256 of its text. */
  readonly hash: string;
  readonly types: number;
}

/** A route of GraphQL, compiled. */
export interface GraphqlRoute {
  readonly id: string;
  readonly settings: Pick<Settings, "batchingMax" | "forwardHeaders">;
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
  tools: GraphqlTools,
): GraphqlRoute {
  const graphql = settings.graphql ?? graphqlRouteSettings.parse({});
  const { variablesBytes, ...given } = graphql.limits;
  const limits = { ...graphqlLimits, ...given };
  const federated =
    graphql.supergraph === undefined
      ? undefined
      : federatedRoute({ id, settings, files }, files[graphql.supergraph] ?? "", { services, tools });
  const sdl = federated?.federation.apiSdl ?? files[graphql.schema ?? ""];
  const read = schemaOf(id, sdl, tools);
  const { mode, manifest } = graphql.trustedDocuments;
  const documents =
    manifest === undefined ? new Map<string, string>() : manifestOf(id, files[manifest] ?? "", tools);
  const { allow, keys } = graphql.introspection;
  return {
    id,
    settings: graphql,
    variablesBytesMax: variablesBytes,
    bodyBytesMax: settings.bodyBytesMax ?? usualBodyBytesMax,
    checker: tools.engine.checkerOf({ schema: read?.schema, limits }),
    documents: createDocumentStore({ mode, documents }, tools.sha256),
    notesUntrusted: mode === "log",
    digestOf: tools.sha256,
    schema: read?.facts,
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

function manifestOf(id: string, text: string, { sha256 }: GraphqlTools): ReadonlyMap<string, string> {
  const read = readManifest(text, sha256);
  return read.kind === "documents" ? read.documents : refuse(id, "trustedDocuments.manifest", read.problems);
}

function federatedRoute(
  { id, settings }: Written,
  text: string,
  { services, tools }: { readonly services: ReadonlyMap<string, Service>; readonly tools: GraphqlTools },
): FederatedRoute {
  const askers = new WeakMap<object, SubgraphAsker>();
  const askerOf = (context: unknown): SubgraphAsker => {
    const asker = typeof context === "object" && context !== null ? askers.get(context) : undefined;
    if (asker === undefined) throw new GatewayError("internal", "a subgraph is asked for nobody");
    return asker;
  };
  const { limits, exposeSubgraphErrors, subgraphs: named } = settings.graphql ?? {};
  const opened = tools.openSupergraph(text, {
    doors: {
      fetch: (subgraph, request) => askerOf(request.context).fetch(subgraph, request),
      subscribe: (subgraph, request) => askerOf(request.context).subscribe(subgraph, request),
    },
    ...(limits === undefined ? {} : { limits: { tokensMax: limits.tokens } }),
    exposeSubgraphErrors: exposeSubgraphErrors === true,
  });
  if (opened.kind === "problems")
    return refuse(
      id,
      "supergraph",
      opened.problems.map(({ at, message }) => `${at}: ${message}`),
    );
  const { federation } = opened;
  const found = federation.subgraphs.map(({ name }) => {
    const goal = named?.[name]?.service ?? name.toLowerCase();
    const service = services.get(goal);
    if (service === undefined)
      return refuse(id, "subgraphs", [`the subgraph ${name} needs a service, for example \`${goal}\``]);
    return [name, service] as const;
  });
  const { headMs, idleMs } = settings;
  return {
    federation,
    askers,
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

function refuse(id: string, what: string, problems: readonly string[]): never {
  const message = `\`routes.${id}.graphql.${what}\` cannot be used: ${problems.slice(0, 5).join("; ")}`;
  throw new GatewayError("malformed_request", message, { message });
}
