import { hash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type Federation, startFederation } from "../support/federation/federation.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";
import { type EchoServer, openEchoServer } from "../support/grpc/echo-server.ts";
import { type JsClient, jsClient } from "../support/grpc/js-client.ts";
import { rawClient } from "../support/raw-client.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";

const directory = mkdtempSync(join(tmpdir(), "sallyport-traffic-"));
let origin: NodeOrigin;
let single: Awaited<ReturnType<typeof startGraphqlServer>>;
let subgraphs: Federation;
let echo: EchoServer;
let gateway: BootedGateway;
let calls: JsClient;

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    response.writeHead(request.url === "/orders/bad" ? 503 : 200).end("an order");
  });
  single = await startGraphqlServer();
  subgraphs = await startFederation();
  echo = await openEchoServer();
  const supergraph = join(directory, "supergraph.graphql");
  const schema = join(directory, "hello.graphql");
  writeFileSync(supergraph, subgraphs.supergraph);
  writeFileSync(schema, "type Query { hello: String }\ntype Mutation { set: String }");
  const { billing: _, ...alive } = subgraphs.urls;
  const services = Object.entries({ ...alive, billing: "http://127.0.0.1:1/" }).map(
    ([name, url]) => `  ${name}: { baseUrl: "${new URL(url).origin}" }`,
  );
  gateway = await bootGateway(`
allowLiteralSecrets: true
services:
  orders: { baseUrl: "${origin.url}", headers: { x-key: a-secret } }
  idle: { baseUrl: "http://127.0.0.1:1/base" }
  hello: { baseUrl: "${new URL(single.url).origin}" }
  echo: { baseUrl: "${echo.origin}" }
${services.join("\n")}
routes:
  orders: { protocol: rest, path: /orders/*, service: orders, auth: none }
  hello:
    protocol: graphql
    path: /graphql
    service: hello
    auth: none
    graphql: { schema: ${schema}, limits: { cost: 5, aliases: 2 }, trustedDocuments: { mode: log } }
  graph:
    protocol: graphql
    path: /federated
    auth: none
    graphql: { supergraph: ${supergraph} }
  open: { protocol: graphql, path: /open, service: hello, auth: none, rewrite: /graphql }
  echo: { protocol: grpc, path: /echo.v1.EchoService/*, service: echo, auth: none }
`);
  calls = jsClient(`http://127.0.0.1:${gateway.port}`);
});
afterAll(async () => {
  calls.close();
  await gateway[Symbol.asyncDispose]();
  echo.close();
  await subgraphs.close();
  single.close();
  await origin[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

interface HelloRoute {
  readonly schema: { readonly version: string };
  readonly operations: readonly unknown[];
}

const url = (path: string): string => `http://127.0.0.1:${gateway.port}${path}`;

async function read(path: string): Promise<unknown> {
  const { adminUrl, adminToken } = gateway.booted;
  const answer = await fetch(`${adminUrl}/api/gateway/${path}`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const whole = (await answer.json()) as { readonly data: { readonly routes: readonly unknown[] } };
  return whole.data;
}

async function metrics(): Promise<string> {
  const { adminUrl, adminToken } = gateway.booted;
  const answer = await fetch(`${adminUrl}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  return answer.text();
}

async function ask(path: string, query: string, variables: unknown = {}): Promise<unknown> {
  const answer = await fetch(url(path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}

/** Sends what no client would, and waits for its refusal. */
async function refusedText(text: string): Promise<void> {
  const client = rawClient(gateway.port);
  client.socket.write(text);
  await client.until(/^HTTP\/1\.1 400 /);
  client.socket.destroy();
}

const anyLatency = { p50: expect.any(Number), p99: expect.any(Number) };

describe("what is told of ordinary services", () => {
  it("counts REST by route, with latency, and refusals by their closed word", async () => {
    await (await fetch(url("/orders/1"))).text();
    await (await fetch(url("/orders/2"), { method: "DELETE" })).text();
    await (await fetch(url("/orders/bad"))).text();
    await refusedText("GET /orders/%zz HTTP/1.1\r\nhost: gate\r\n\r\n");
    await refusedText("GET /orders/1 HTTP/1.1\r\nhost: us@er\r\n\r\n");
    await gateway.records(5);
    expect(await read("routes")).toMatchObject({
      routes: [
        {
          id: "orders",
          traffic: { requests: 3, failed: 1, refused: 0, rejects: {}, latency_ms: anyLatency },
        },
        { id: "hello", traffic: { requests: 0, latency_ms: null } },
        { id: "graph" },
        { id: "open" },
        { id: "echo" },
      ],
    });
    const told = await metrics();
    const of = (method: string, status: string): string =>
      `sallyport_http_requests_total{route="orders",method_class="${method}",status_class="${status}"} 1\n`;
    for (const line of [of("GET", "2xx"), of("DELETE", "2xx"), of("GET", "5xx")])
      expect(told).toContain(line);
    expect(told).toContain('sallyport_http_rejected_total{reason="target_escape"} 1\n');
    expect(told).toContain('sallyport_http_rejected_total{reason="host_form"} 1\n');
    expect(told).toContain(
      'sallyport_http_request_duration_seconds_count{route="orders",protocol="rest",status_class="5xx"} 1\n',
    );
    expect(told).not.toContain('sallyport_llm_calls_total{client="rest"');
  });

  it("counts operations of GraphQL at one service, those that were refused too, without variables", async () => {
    for (const name of ["a-secret", "another"])
      expect(await ask("/graphql", "query Hello { hello }", { name })).toEqual({ data: { hello: "world" } });
    await ask("/graphql", "mutation { set }");
    await ask("/graphql", "query Many { a: hello b: hello c: hello }");
    await ask("/graphql", 'query Broken { hello(secret: "literal") ');
    const told = await read("graphql");
    expect(told).toMatchObject({
      routes: [
        {
          id: "hello",
          schema: { source: "single", types: 2, version: expect.stringMatching(/^[0-9a-f]{12}$/) },
          problems: [],
          subgraphs: [],
          plans: null,
        },
        { id: "graph", operations: [] },
        { id: "open", operations: [] },
      ],
    });
    const [route] = (told as { routes: readonly { operations: readonly Record<string, unknown>[] }[] })
      .routes;
    const operations = route?.operations ?? [];
    expect(operations).toHaveLength(4);
    expect(operations).toContainEqual(
      expect.objectContaining({
        ...{ name: "Hello", type: "query", requests: 2, errors: 0, failed: 0, refused: 0 },
        ...{ latency_ms: anyLatency, depth_max: 1, cost_max: 0 },
      }),
    );
    expect(operations).toContainEqual(
      expect.objectContaining({ name: null, type: "mutation", requests: 1, refused: 0 }),
    );
    const refused = operations.filter(({ type }) => type === null);
    expect(refused).toMatchObject([{ refused: 1 }, { refused: 1 }]);
    expect(JSON.stringify(told)).not.toMatch(/secret|literal/);
    expect(await read("routes")).toMatchObject({
      routes: [
        {},
        { id: "hello", traffic: { rejects: { graphql_limit: 1, graphql_syntax: 1 } } },
        {},
        {},
        {},
      ],
    });
    const text = await metrics();
    expect(text).toContain('sallyport_graphql_operations_total{route="hello",type="query",result="ok"} 2\n');
    expect(text).toContain(
      'sallyport_graphql_operations_total{route="hello",type="unknown",result="refused"} 2\n',
    );
    expect(text).toContain('sallyport_graphql_untrusted_total{route="hello"} 3\n');
    const noted = gateway.logger.lines().filter(({ message }) => message.includes("not trusted"));
    expect(noted.map(({ fields }) => fields?.["documentId"])).toEqual(
      ["query Hello { hello }", "mutation { set }"].map((one) => `sha256:${hash("sha256", one, "hex")}`),
    );
    expect(text).toContain('sallyport_graphql_operation_depth_count{route="hello"} 3\n');
    expect(text).toContain('sallyport_http_rejected_total{reason="graphql_limit"} 1\n');
  });

  it("counts what a federation asks of its subgraphs, and that one of them is dead", async () => {
    const query = "query Users { users { name plan } }";
    for (let tries = 0; tries < 12; tries += 1)
      expect(await ask("/federated", query)).toMatchObject({ errors: expect.anything() });
    const told = (await read("graphql")) as {
      routes: readonly { subgraphs: readonly { name: string }[]; operations: readonly unknown[] }[];
    };
    const graph = told.routes[1];
    expect(graph).toMatchObject({
      schema: { source: "federation" },
      plans: { kept: 1, hits: 11, misses: 1 },
    });
    expect(graph?.operations).toMatchObject([
      { name: "Users", type: "query", requests: 12, errors: 12, failed: 0, depth_max: 2 },
    ]);
    const of = (wanted: string) => graph?.subgraphs.find(({ name }) => name.toLowerCase() === wanted);
    expect(graph?.subgraphs).toHaveLength(7);
    expect(of("billing")).toMatchObject({ service: "billing", breaker: "open", latency_ms: null });
    const asked = graph?.subgraphs.filter((one) => "requests" in one && Number(one.requests) > 0);
    expect(asked).toHaveLength(2);
    expect(asked).toContainEqual(
      expect.objectContaining({ breaker: "closed", requests: 12, failed: 0, latency_ms: anyLatency }),
    );
    expect(await metrics()).toMatch(
      /sallyport_graphql_subgraph_duration_seconds_count\{route="graph",subgraph="\w+"\} 12\n/,
    );
  });

  it("counts subscriptions by events and on sockets, and what a client leaves", async () => {
    const query = "subscription Count($to: Int!) { count(to: $to) }";
    const events = createSse({ url: url("/open") });
    for await (const _ of events.iterate({ query, variables: { to: 3 } }));
    const sockets = createWs({ url: url("/open").replace("http", "ws"), webSocketImpl: WebSocket });
    for await (const _ of sockets.iterate({ query, variables: { to: 3 } }));
    for await (const _ of sockets.iterate({ query, variables: { to: 100_000 } })) break;
    await sockets.dispose();
    await expect
      .poll(() => read("graphql"))
      .toMatchObject({
        routes: [
          {},
          {},
          {
            ...{ id: "open", schema: null },
            operations: [
              { name: "Count", type: "subscription", requests: 3, errors: 0, failed: 0, latency_ms: null },
            ],
          },
        ],
      });
    const of = (result: string): string =>
      `sallyport_graphql_operations_total{route="open",type="subscription",result="${result}"}`;
    const told = await metrics();
    expect(told).toContain(`${of("ok")} 2\n`);
    expect(told).toContain(`${of("aborted")} 1\n`);
  });

  it("tells why a newer schema was not taken, and keeps its counts over a reload", async () => {
    const before = await read("graphql");
    const reload = async (text: string): Promise<void> => {
      writeFileSync(join(directory, "hello.graphql"), text);
      await gateway.booted.control.config.reload();
    };
    await reload("type Query { hello: Strong }");
    expect(await read("graphql")).toMatchObject({
      routes: [
        { id: "hello", problems: [expect.stringContaining("routes.hello.graphql.schema")] },
        { id: "graph", problems: [] },
        { id: "open", problems: [] },
      ],
    });
    await reload("type Query { hello: String more: Int }\ntype Mutation { set: String }\nscalar Some");
    const after = await read("graphql");
    expect(after).toMatchObject({ routes: [{ problems: [], schema: { types: 3 } }, {}, {}] });
    const [was, is] = [before, after].map((one) => (one as { routes: readonly HelloRoute[] }).routes[0]);
    expect(is?.operations).toEqual(was?.operations);
    expect(is?.schema.version).not.toBe(was?.schema.version);
  });

  it("counts calls of gRPC by status, and their messages while they are open", async () => {
    await calls.ask({ kind: "unary", messages: [{ text: "a" }] });
    await calls.ask({ kind: "unary", messages: [{ text: "a", fail: 9 }] });
    await calls.ask({ kind: "server", messages: [{ text: "m", count: 4 }] });
    let open: Promise<unknown> = Promise.resolve();
    const cancelled = await calls.ask({
      kind: "bidi",
      messages: [{ text: "1" }],
      staysOpen: true,
      onText: (_text, cancel) => {
        open = read("grpc").finally(cancel);
      },
    });
    expect(cancelled.code).toBe(1);
    expect(await open).toMatchObject({
      routes: [{ id: "echo", calls: 3, open_streams: 1, messages_in: 4, by_code: { OK: 2 } }],
    });
    await expect
      .poll(() => read("grpc"))
      .toMatchObject({
        routes: [
          {
            ...{ id: "echo", path: "/echo.v1.EchoService/*", service: "echo", endpoints: [] },
            ...{ calls: 4, open_streams: 0, messages_in: 4, messages_out: 6 },
            by_code: { OK: 2, FAILED_PRECONDITION: 1, CANCELLED: 1 },
          },
        ],
      });
    const told = await metrics();
    expect(told).toContain('sallyport_grpc_calls_total{route="echo",code="CANCELLED"} 1\n');
    expect(told).toContain('sallyport_grpc_messages_total{route="echo",direction="up"} 4\n');
    expect(told).toContain('sallyport_grpc_messages_total{route="echo",direction="down"} 6\n');
    expect(told).toContain('sallyport_grpc_streams_open{route="echo"} 0\n');
  });

  it("lists the requests of one route", async () => {
    const list = await read("requests?route=orders&limit=2");
    expect(list).toMatchObject({ requests: [{ route: "orders", status: 503 }, { route: "orders" }] });
    const { next } = list as { readonly next: string };
    expect(await read(`requests?route=orders&before=${next}`)).toMatchObject({
      requests: [{ route: "orders", status: 200 }],
      next: null,
    });
    expect(await read("requests?route=echo&status=ok")).toMatchObject({
      requests: [{ dialect: "grpc" }, { dialect: "grpc" }, { dialect: "grpc" }],
    });
    expect(await read("requests?route=none")).toEqual({ requests: [], next: null });
  });

  it("tells of every service, called or not, and of no credential", async () => {
    const told = await read("services");
    const { services } = told as { services: readonly { id: string }[] };
    expect(services).toHaveLength(11);
    const of = (id: string) => services.find((one) => one.id === id);
    expect(of("orders")).toMatchObject({
      ...{ protocols: ["rest"], routes: ["orders"], url: origin.url, breaker: "closed" },
      ...{ requests: 3, failed: 1, in_flight: 0 },
    });
    expect(of("idle")).toEqual({
      ...{ id: "idle", region: null, protocols: [], routes: [], url: "http://127.0.0.1:1/base" },
      ...{ endpoints: [], breaker: "closed", requests: 0, failed: 0, in_flight: 0 },
    });
    expect(of("billing")).toMatchObject({ protocols: ["graphql"], routes: ["graph"], breaker: "open" });
    expect(of("echo")).toMatchObject({ protocols: ["grpc"], requests: 4, failed: 0, in_flight: 0 });
    expect(JSON.stringify(told)).not.toContain("secret");
    expect(await read("circuit-breakers")).toMatchObject({
      circuit_breakers: {
        idle: { state: "closed", failure_count: 0, targets: {} },
        billing: { state: "open" },
        orders: { state: "closed", failure_count: 1 },
      },
    });
  });
});
