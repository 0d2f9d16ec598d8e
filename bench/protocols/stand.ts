import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compose } from "../../test/support/federation/federation.ts";
import { startNginx } from "../nginx.ts";
import { chatCompletion } from "../payload.ts";
import type { Processes } from "../processes.ts";
import { startGateway } from "../sallyport.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import { graphAnswer, graphSdl, subgraphAnswers, subgraphSdl } from "./asks.ts";
import { bareProgram } from "./bare.ts";
import { grpcUpstreamProgram } from "./grpc-upstream.ts";
import { httpUpstreamProgram } from "./http-upstream.ts";
import { socketUpstreamProgram } from "./socket-upstream.ts";

/** A service behind what is measured. */
type Upstream = "canned" | "bulk" | "calls" | "echo";

/** The services, on the core of the clients. */
export type Upstreams = Readonly<Record<Upstream, SystemUnderTest>>;

/** All systems that are measured, each before the same services. */
export interface Stand {
  readonly upstreams: Upstreams;
  readonly sallyport: SystemUnderTest;
  readonly nginx: Readonly<Record<"plain" | "http2" | "bulk" | "calls" | "sockets", SystemUnderTest>>;
  readonly bare: Readonly<Record<"http1" | "http2", SystemUnderTest>>;
}

export async function startUpstreams(processes: Processes, folder: string): Promise<Upstreams> {
  const answer = (text: string) => `default_type application/json; return 200 '${text}';`;
  const program = (path: string) => startProgram(processes, { name: "direct", args: [path], core: 1 });
  return {
    canned: await startNginx(processes, {
      name: "direct",
      folder,
      core: 1,
      http: "",
      location: answer(chatCompletion),
      locations: {
        "/graphql": answer(graphAnswer),
        "/accounts": answer(subgraphAnswers.accounts),
        "/reviews": answer(subgraphAnswers.reviews),
      },
    }),
    bulk: await program(httpUpstreamProgram),
    calls: await program(grpcUpstreamProgram),
    echo: await program(socketUpstreamProgram),
  };
}

export async function startStand(processes: Processes, folder: string): Promise<Stand> {
  const upstreams = await startUpstreams(processes, folder);
  const proxy = (upstream: SystemUnderTest, location: string, speaks?: "http2") =>
    startNginx(processes, {
      name: "nginx",
      folder,
      core: 0,
      http: `client_max_body_size 0; map $http_upgrade $up { default upgrade; '' ''; }
upstream mock { server ${new URL(upstream.url).host}; keepalive 2048; keepalive_requests 100000000; }`,
      location,
      ...(speaks === undefined ? {} : { speaks }),
    });
  const pass = `proxy_pass http://mock; proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off;`;
  const plain = `${pass} proxy_set_header Connection "";`;
  const bare = (kind: "http1" | "http2", { url }: SystemUnderTest) =>
    startProgram(processes, { name: "sallyport", args: [bareProgram, kind, url], core: 0 });
  return {
    upstreams,
    sallyport: await startGateway(processes, folder, configOf(upstreams, folder)),
    nginx: {
      plain: await proxy(upstreams.canned, plain),
      http2: await proxy(upstreams.canned, plain, "http2"),
      bulk: await proxy(upstreams.bulk, plain),
      calls: await proxy(upstreams.calls, "grpc_pass grpc://mock;", "http2"),
      sockets: await proxy(
        upstreams.echo,
        `${pass} proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $up; proxy_read_timeout 600s;`,
      ),
    },
    bare: { http1: await bare("http1", upstreams.canned), http2: await bare("http2", upstreams.calls) },
  };
}

async function startProgram(
  processes: Processes,
  command: { readonly name: "direct" | "sallyport"; readonly args: readonly string[]; readonly core: 0 | 1 },
): Promise<SystemUnderTest> {
  const { name, args, core } = command;
  const running = await processes.start({ program: process.execPath, args, core });
  return { name, pid: running.pid, url: await running.line(), headers: {}, end: running.end };
}

/** A gateway with a route of each protocol, and the same once more without a key and without a limit of the service. */
export function configOf({ canned, bulk, calls, echo }: Upstreams, folder: string): string {
  const files = join(folder, "graphql");
  mkdirSync(files, { recursive: true });
  const schema = join(files, "schema.graphql");
  const supergraph = join(files, "supergraph.graphql");
  writeFileSync(schema, graphSdl);
  writeFileSync(
    supergraph,
    compose(subgraphSdl, { accounts: `${canned.url}/accounts`, reviews: `${canned.url}/reviews` }),
  );
  const sockets = "perKeyMax: 20000, perClientMax: 20000";
  const services = { plain: canned, bulk, calls, echo };
  const both = (name: keyof typeof services) =>
    `  ${name}: { baseUrl: "${services[name].url}" }\n  open-${name}: { baseUrl: "${services[name].url}" }`;
  return `server:
  limits:
    connectionsMax: 20000
    connectionsPerClientMax: 20000        # all load comes from one address
    requestsPerConnectionMax: 100000000   # nginx has no such bound either
    streamedBodyBytesMax: 2 GiB
overload:
  ingress: { delayMax: off }              # what it can do is measured, not what it refuses
  inFlightMax: 20000
  bulkhead:
    targets:
      bulk: { concurrency: 20000 }        # thousands of streams that rest
      open-plain: { concurrency: off }
      open-calls: { concurrency: off }
      open-echo: { concurrency: off }
providers: {}
services:
${(["plain", "bulk", "calls", "echo"] as const).map(both).join("\n")}
  graph: { baseUrl: "${canned.url}" }
  accounts: { baseUrl: "${canned.url}/accounts" }
  reviews: { baseUrl: "${canned.url}/reviews" }
routes:
  rest: { service: plain, path: /rest/* }
  rest-open: { service: open-plain, path: /open/rest/*, auth: none }
  bulk: { service: bulk, path: /bulk/* }
  graph: { protocol: graphql, service: graph, path: /graphql, graphql: { schema: ${schema} } }
  graph-open: { protocol: graphql, service: open-plain, path: /open/graphql, auth: none, rewrite: /graphql, graphql: { schema: ${schema} } }
  graph-rest: { service: plain, path: /rest-graphql, rewrite: /graphql }
  federation: { protocol: graphql, path: /federation, graphql: { supergraph: ${supergraph} } }
  calls: { protocol: grpc, service: calls, path: /bench.Echo/* }
  calls-open: { protocol: grpc, service: open-calls, path: /open.Echo/*, auth: none }
  tunnel: { protocol: websocket, service: echo, path: /tunnel, websocket: { ${sockets} } }
  tunnel-open: { protocol: websocket, service: open-echo, path: /open/tunnel, auth: none, websocket: { ${sockets} } }
  inspect: { protocol: websocket, service: echo, path: /inspect, websocket: { mode: inspect, ${sockets} } }
`;
}
