import type { Identified } from "../exchange/exchange.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { elapsed } from "../kernel/units.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import type { GraphqlResult, Subgraph, SubgraphRequest } from "../ports/graphql-federation.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  createSubscriptionReader,
  type GraphqlParams,
  type GraphqlResponse,
  readResponse,
  writeGraphqlRequest,
} from "../protocols/graphql/index.ts";
import { editHeaders } from "../protocols/rest/index.ts";
import { handshakeFields } from "../protocols/websocket/index.ts";
import { credentialHeaders } from "./client-credential.ts";
import { openQuery } from "./graphql-again.ts";
import { type GraphqlPost, openAnswer, readWhole } from "./graphql-ask.ts";
import { countedRunner, type Runner } from "./graphql-counted.ts";
import type { SubgraphAsker } from "./graphql-kept.ts";
import { isLabelOn } from "./graphql-labels.ts";
import type { AskPorts } from "./graphql-leave.ts";
import type { FederatedRoute, GraphqlRoute } from "./graphql-routes.ts";
import type { GraphqlTally } from "./graphql-tallies.ts";
import { subscribeBySocket } from "./graphql-upstream.ts";
import { requestHeaders, type ServiceWays } from "./rest-call.ts";
import type { ServiceRoute } from "./service-routes.ts";

/** An operation that was checked. */
export interface Runnable {
  readonly params: GraphqlParams;
  readonly text: string;
  readonly operation: GraphqlOperation;
}

/** Runs operations of one request. Throws GatewayError; a subscription is ended by one. */
export type GraphqlRunner = Runner<Runnable>;

export interface RunnerParts {
  readonly identified: Identified<ServiceRoute>;
  readonly inbound: InboundRequest;
  readonly route: GraphqlRoute;
  readonly ways: ServiceWays;
  readonly tally: GraphqlTally;
}

const wholeTypes = "application/graphql-response+json, application/json;q=0.9";
const eventType = "text/event-stream";

export function createRunner(parts: RunnerParts, ports: AskPorts): GraphqlRunner {
  const { federated } = parts.route;
  const plain =
    federated === undefined ? singleRunner(parts, ports) : federatedRunner(parts, federated, ports);
  return countedRunner(plain, parts, ports);
}

function singleRunner({ identified, inbound, ways }: RunnerParts, ports: AskPorts): GraphqlRunner {
  const { target } = identified.route.rule;
  const path = ways.transforms.rewrite(identified.path, identified.route.captures);
  const postOf = ({ params, text }: Runnable, accept: string): GraphqlPost => ({
    target,
    pathAt: ({ basePath }) => `${basePath}${path}`,
    headersAt: (site, contentLength) => [
      ...editHeaders(
        withoutOurs(requestHeaders({ identified, inbound, ways, contentLength }, site, target)),
        ways.transforms.request.headers,
      ),
      ...bodyHeaders(accept),
    ],
    body: writeGraphqlRequest(params, text),
    isStream: accept === eventType,
  });
  return {
    once: async (runnable) => {
      const open = runnable.operation.type === "query" ? openQuery : openAnswer;
      const text = await readWhole(await open(postOf(runnable, wholeTypes), ports));
      return readResponse(text);
    },
    stream: async function* (runnable) {
      for await (const text of subscribed(postOf(runnable, eventType), ports)) yield readResponse(text);
    },
  };
}

/** The results of a subscription, by whichever way its service tells them. */
function subscribed(post: GraphqlPost, ports: AskPorts): AsyncGenerator<string, void> {
  const { target } = post;
  const { subscriptions } = target;
  if (subscriptions === undefined) return eventsOf(post, ports);
  const { path } = subscriptions;
  const dial = {
    target,
    pathAt: path === undefined ? post.pathAt : () => path,
    headersAt: (site: Site) => withoutOurs(post.headersAt(site)),
    request: post.body,
  };
  return subscribeBySocket(dial, ports);
}

/** What belongs to the body, to the answer and to the client's own socket, and is made here anew. */
const ours: ReadonlySet<string> = new Set([
  ...handshakeFields,
  "accept",
  "accept-encoding",
  "content-type",
  "content-encoding",
  "if-none-match",
  "if-modified-since",
  "range",
]);

const withoutOurs = (headers: readonly string[]): readonly string[] =>
  headers.filter((_, index) => !ours.has((headers[index - (index % 2)] ?? "").toLowerCase()));

const bodyHeaders = (accept: string): readonly string[] => [
  "content-type",
  "application/json",
  "accept",
  accept,
  "accept-encoding",
  "identity",
];

/** The results that a service tells by events, "distinct connections"; a service that has nothing to stream answers once. */
async function* eventsOf(post: GraphqlPost, ports: AskPorts): AsyncGenerator<string, void> {
  const answer = await openAnswer(post, ports);
  if (!(answer.head.headers.get("content-type") ?? "").startsWith(eventType)) {
    yield await readWhole(answer);
    return;
  }
  const reader = createSubscriptionReader();
  for await (const piece of answer.pieces)
    for (const event of reader.push(piece)) if (event.kind === "next") yield event.result;
  if (!reader.isComplete())
    throw new GatewayError("upstream_stream_broken", "it has ended without `complete`");
}

function federatedRunner(
  { identified, inbound, route, tally, ways }: RunnerParts,
  { federation, targets, askers }: FederatedRoute,
  ports: AskPorts,
): GraphqlRunner {
  const { auth } = identified.route.rule;
  const keys = new Set(auth === "none" ? [] : credentialHeaders(inbound.header, identified.presented));
  const ofClient = route.settings.forwardHeaders.flatMap((written) => {
    const name = written.toLowerCase();
    const value = inbound.header(name);
    return value === undefined || keys.has(name) ? [] : [name, value];
  });
  const forwarded = editHeaders(ofClient, ways.transforms.request.headers);
  const postTo = (
    subgraph: Subgraph,
    { query, variables }: SubgraphRequest,
    accept: string,
  ): GraphqlPost => ({
    target: targetOf(targets, subgraph),
    pathAt: (site) => pathOf(site, subgraph),
    headersAt: (site) => [...forwarded, ...site.headers, ...bodyHeaders(accept)],
    body: JSON.stringify({ query, variables }),
    isStream: accept === eventType,
  });
  const subject = { keyId: identified.identity.keyId, requestId: ports.trail.id };
  const asker: SubgraphAsker = {
    isLabelOn: (label) => isLabelOn(label, route.settings.overrideLabels, subject),
    fetch: async (subgraph, request) => {
      const open = request.operationType === "query" ? openQuery : openAnswer;
      const from = ports.clock.monotonic();
      try {
        const text = await readWhole(await open(postTo(subgraph, request, wholeTypes), ports));
        tally.asked(route.id, subgraph.name, elapsed(from, ports.clock.monotonic()));
        return parsed(text);
      } catch (thrown) {
        if (!ports.signal.aborted) tally.asked(route.id, subgraph.name, "failed");
        throw thrown;
      }
    },
    subscribe: async function* (subgraph, request) {
      const from = ports.clock.monotonic();
      let isTold = false;
      try {
        for await (const text of subscribed(postTo(subgraph, request, eventType), ports)) {
          if (!isTold) tally.asked(route.id, subgraph.name, elapsed(from, ports.clock.monotonic()));
          isTold = true;
          yield parsed(text);
        }
      } catch (thrown) {
        if (!isTold && !ports.signal.aborted) tally.asked(route.id, subgraph.name, "failed");
        throw thrown;
      }
    },
  };
  const context = {};
  askers.set(context, asker);
  const execute = async ({ params, text }: Runnable) =>
    federation.execute({
      text,
      operationName: params.operationName,
      variables: params.variables,
      context,
      signal: ports.signal,
    });
  return {
    once: async (runnable) => {
      const result = await execute(runnable);
      if (Symbol.asyncIterator in result) throw new GatewayError("internal", "a query that streams");
      return printed(result);
    },
    stream: async function* (runnable) {
      const results = await execute(runnable);
      if (!(Symbol.asyncIterator in results)) yield printed(results);
      else for await (const result of results) yield printed(result);
    },
  };
}

const printed = (result: GraphqlResult): GraphqlResponse => ({
  text: JSON.stringify(result),
  hasData: Object.hasOwn(result, "data"),
  hasErrors: (result.errors?.length ?? 0) > 0,
});

function targetOf(targets: ReadonlyMap<string, ServiceTarget>, { name }: Subgraph): ServiceTarget {
  const target = targets.get(name);
  if (target === undefined) throw new GatewayError("internal", `the subgraph ${name} has no service`);
  return target;
}

/** A service's own path; where it has none, that of the supergraph's address. */
function pathOf({ basePath }: Site, { url }: Subgraph): string {
  if (basePath !== "") return basePath;
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "";
  return path === "" ? "/" : path;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError("upstream_malformed_response", "a subgraph's answer is no JSON");
  }
}
