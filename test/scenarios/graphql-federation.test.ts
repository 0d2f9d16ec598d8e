import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createClient as createSse } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { createMonolith, type Federation, startFederation } from "../support/federation/federation.ts";
import { ask, gatewayOver } from "../support/federation/gateway.ts";
import { scenarios } from "../support/federation/scenarios.ts";

let subgraphs: Federation;
let gateway: BootedGateway;
beforeAll(async () => {
  subgraphs = await startFederation();
  gateway = await gatewayOver(subgraphs);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await subgraphs.close();
});

describe("rows of the federation through the gateway, against the monolith", () => {
  it.for(scenarios.map((row) => ({ ...row })))("$row", async (scenario) => {
    const { query, variables, data, unasked, labels } = scenario;
    const isMutation = query.startsWith("mutation");
    const isApart = isMutation || labels !== undefined;
    const fresh = isMutation ? await startFederation() : subgraphs;
    const asked = isApart ? await gatewayOver(fresh, labels) : gateway;
    fresh.forget();
    const expected = await createMonolith().run({ query, ...(variables === undefined ? {} : { variables }) });
    const wanted: unknown = JSON.parse(JSON.stringify(data === undefined ? expected : { data }));
    expect(await ask(asked, query, variables)).toEqual(wanted);
    for (const name of unasked ?? []) expect(fresh.asked.map(({ subgraph }) => subgraph)).not.toContain(name);
    if (isApart) await asked[Symbol.asyncDispose]();
    if (isMutation) await fresh.close();
  });
});

describe("a federation behind the gateway", () => {
  it("streams subscriptions with fields of other subgraphs", async () => {
    const client = createSse({
      url: `http://127.0.0.1:${gateway.port}/graphql`,
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    const query = "subscription { reviewAdded { text author { name role } item { title } } }";
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query })) seen.push(result);
    const expected: unknown[] = [];
    const results = await createMonolith().stream({ query });
    if (Symbol.asyncIterator in results)
      for await (const result of results) expected.push(JSON.parse(JSON.stringify(result)));
    expect(expected).toHaveLength(2);
    expect(seen).toEqual(expected);
  });

  it("asks for subscriptions on sockets where the service says so, by the official server", async () => {
    const fresh = await startFederation();
    await using sockets = await gatewayOver(
      fresh,
      [],
      ", graphql: { subscriptions: ws, subscriptionsPath: /sockets }",
    );
    const client = createSse({
      url: `http://127.0.0.1:${sockets.port}/graphql`,
      headers: { authorization: `Bearer ${sockets.key}` },
    });
    const query = "subscription { reviewAdded { text author { name role } item { title } } }";
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query })) seen.push(result);
    const expected: unknown[] = [];
    const results = await createMonolith().stream({ query });
    if (Symbol.asyncIterator in results)
      for await (const result of results) expected.push(JSON.parse(JSON.stringify(result)));
    expect(seen).toEqual(expected);
    expect(fresh.asked.filter(({ by }) => by === "socket")).toHaveLength(1);
    expect(fresh.asked.filter(({ operation }) => operation.query.startsWith("subscription"))).toHaveLength(1);
    await fresh.close();
  });

  it("keeps what healthy subgraphs tell when one is dead, and only its breaker opens", async () => {
    const fresh = await startFederation();
    await using partial = await gatewayOver({
      ...fresh,
      urls: { ...fresh.urls, billing: "http://127.0.0.1:1/" },
    });
    for (let tries = 0; tries < 12; tries += 1) {
      expect(await ask(partial, "{ users { name plan } }", undefined)).toMatchObject({
        data: { users: [{ name: "Ada", plan: null }, { plan: null }] },
      });
    }
    const states = partial.booted.control.breakers.list().filter(({ state }) => state !== "closed");
    expect(states.map(({ provider }) => provider)).toEqual(["billing"]);
    await fresh.close();
  });
});

describe("headers that go on to subgraphs", () => {
  it("are those of the route, and never the gateway's own key", async () => {
    const heard = Promise.withResolvers<IncomingMessage>();
    const accounts = createServer((request, response) => {
      heard.resolve(request);
      response.writeHead(200, { "content-type": "application/json" }).end('{"data":{"users":[]}}');
    });
    accounts.listen(0, "127.0.0.1");
    await once(accounts, "listening");
    const address = accounts.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const urls = { ...subgraphs.urls, accounts: `http://127.0.0.1:${port}` };
    await using forwarding = await gatewayOver(
      { ...subgraphs, urls },
      [],
      "",
      "forwardHeaders: [Authorization, Cookie, X-Api-Key]",
    );
    await fetch(`http://127.0.0.1:${forwarding.port}/graphql`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${forwarding.key}`,
        "content-type": "application/json",
        "x-sallyport-csrf": "1",
        cookie: "user=ada",
        "x-api-key": "of the subgraph",
      },
      body: JSON.stringify({ query: "{ users { id } }" }),
    });
    const { headers } = await heard.promise;
    expect(headers).toMatchObject({ cookie: "user=ada", "x-api-key": "of the subgraph" });
    expect(headers.authorization).toBeUndefined();
    accounts.close();
  });
});

describe("a hostile subgraph", () => {
  let body = "";
  let type = "application/json";
  const hostile = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": type }).end(body);
  });
  let beside: BootedGateway;
  beforeAll(async () => {
    hostile.listen(0, "127.0.0.1");
    await once(hostile, "listening");
    const address = hostile.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    beside = await gatewayOver({
      ...subgraphs,
      urls: { ...subgraphs.urls, accounts: `http://127.0.0.1:${port}` },
    });
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
    hostile.close();
  });

  it.for([
    ["names a prototype", '{"data":{"__proto__":{"isAdmin":true},"users":[]}}'],
    [
      "names a prototype deeper",
      '{"data":{"users":[{"id":"u1","constructor":{"prototype":{"isAdmin":true}}}]}}',
    ],
    ["is a list", '{"data":[]}'],
    ["is nothing", "null"],
    ["is no JSON", '{"data":'],
    ["is deep", `{"data":{"users":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`],
    ["is large", `{"data":{"users":[{"id":"${"x".repeat(9 * 1024 * 1024)}"}]}}`],
    [
      "tells its secrets",
      '{"data":{"users":null},"errors":[{"message":"secret host 10.0.0.7","path":["users"]}]}',
    ],
    ["is text", "secret host 10.0.0.7", "text/html"],
  ] as const)("that %s fails its own fields alone", async ([, told, kind = "application/json"]) => {
    body = told;
    type = kind;
    const answer = await ask(beside, "{ users { id } books { id } }", undefined);
    expect(answer).toMatchObject({ errors: [{ path: ["users"] }] });
    const text = JSON.stringify(answer);
    expect(text).not.toContain("secret");
    expect(text).not.toContain("isAdmin");
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
  });
});

describe("hostile documents", () => {
  const fragments = Array.from(
    { length: 45 },
    (_, index) => `fragment f${index} on Item { id title ...f${index + 1} ...f${index + 1} }`,
  );
  it.for([
    ["fragments that double", `{ items { ...f0 } } ${fragments.join(" ")} fragment f45 on Item { id }`],
    ["a field again and again", `{ ${"items { id } ".repeat(600)} }`],
    ["braces without end", "{ items ".repeat(60_000)],
    ["fragments in a ring", "{ items { ...a } } fragment a on Item { ...b } fragment b on Item { ...a }"],
    ["overlapping types", `{ items { ${"... on Book { id title } ... on Film { id title } ".repeat(90)} } }`],
    ["a prototype's name", "{ __proto__: items { id } }"],
  ] as const)("of %s are refused, and nobody else waits long", async ([, query]) => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(gateway, query, undefined)));
    delay.disable();
    for (const answer of answers) expect(answer).toMatchObject({ errors: [{}] });
    expect(subgraphs.asked.filter(({ operation }) => operation.query === query)).toEqual([]);
    // All ten of them, on a machine that has other work.
    expect(delay.max / 1e6).toBeLessThan(500);
  });
});
