import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient as createWs } from "graphql-ws";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { policySettings } from "../../src/capabilities/policy/index.ts";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";
import { type EchoServer, openEchoServer } from "../support/grpc/echo-server.ts";
import { rawCall } from "../support/grpc/grpc-gateway.ts";

let rest: Server;
let sockets: WebSocketServer;
let graphql: Awaited<ReturnType<typeof startGraphqlServer>>;
let grpc: EchoServer;
let gateway: BootedGateway;
/** The heads that the service and the provider have got. */
let heads: Readonly<Record<string, string | undefined>>[] = [];

beforeAll(async () => {
  rest = createServer((request, response) => {
    const team = String(request.headers["x-team"] ?? "");
    heads.push({ url: request.url, team });
    request.resume().on("end", () => response.writeHead(200, { "x-kind": "a", "x-saw": team }).end("{}"));
  });
  sockets = new WebSocketServer({ server: rest });
  sockets.on("connection", (socket) => socket.on("message", (text) => socket.send(text)));
  await new Promise<void>((resolve) => rest.listen(0, "127.0.0.1", resolve));
  graphql = await startGraphqlServer();
  grpc = await openEchoServer();
  const { port } = rest.address() as AddressInfo;
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers:
  any: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${port}/v1", key: secret-0123456789, models: ["*"] }
services:
  up: { baseUrl: "http://127.0.0.1:${port}" }
  far: { baseUrl: "https://api.example.com" }
  operations: { baseUrl: "${new URL(graphql.url).origin}" }
  echo: { baseUrl: "${grpc.origin}" }
routes:
  inside: { service: up, path: /inside, labels: { data: internal } }
  open: { service: up, path: /open }
  far: { service: far, path: /far }
  socket: { protocol: websocket, path: /socket, service: up }
  operations: { protocol: graphql, path: /graphql, service: operations, graphql: { batchingMax: 3 } }
  echo: { protocol: grpc, path: /echo.v1.EchoService/*, service: echo }
  moved: { protocol: grpc, path: /moved/*, service: echo, rewrite: /echo.v1.EchoService/* }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  sockets.close();
  rest.close();
  graphql.close();
  grpc.close();
});
beforeEach(() => {
  heads = [];
});

/** Puts these in force. */
async function under(...policies: readonly object[]): Promise<void> {
  const { policies: control } = gateway.booted.control;
  await control.commit(
    policies.map((one, index) => policySettings.parse({ id: `p${index}`, do: { deny: {} }, ...one })),
    "test",
    control.state().revision,
  );
}

const headers = () => ({ authorization: `Bearer ${gateway.key}` });
type Init = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };
const fetched = (path: string, init: Init = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, { ...init, headers: { ...headers(), ...init.headers } });
const statusOf = async (path: string, init: Init = {}): Promise<number> => {
  const answer = await fetched(path, init);
  await answer.arrayBuffer();
  return answer.status;
};
const operation = (query: string, of: object = {}): Promise<Response> =>
  fetched("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, ...of }),
  });

describe("policies of services of REST", () => {
  it("refuse by the labels of a route, in the client's form", async () => {
    await under({
      when: "has(route.labels.data) and 'internal' in route.labels.data",
      reason: "Not for you.",
    });
    const refused = await fetched("/inside");
    expect(refused.status).toBe(403);
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(await refused.text()).toContain("Not for you.");
    expect(await statusOf("/open")).toBe(200);
    expect(heads).toHaveLength(1);
  });

  it("refuse an answer before its first byte, in the client's form", async () => {
    await under({ phase: "response", when: "'a' in response.headers['x-kind']", reason: "Not this one." });
    const refused = await fetched("/open");
    expect([refused.status, refused.headers.get("content-type")]).toEqual([
      403,
      expect.stringContaining("problem"),
    ]);
    expect(await refused.text()).toContain("Not this one.");
  });

  it("know whether a service is at a private address, and say who denied where nobody is left", async () => {
    await under({ phase: "target", when: "not target.private" });
    const refused = await fetched("/far");
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("policy");
    expect(await statusOf("/open")).toBe(200);
  });

  it("refuse where a body is asked about that is not read", async () => {
    await under({ when: "guard.secrets > 0" });
    expect(await statusOf("/open")).toBe(403);
    await under({ when: "guard.secrets > 0", scope: { protocols: ["ai"] } });
    expect(await statusOf("/open")).toBe(200);
  });
});

describe("policies of GraphQL", () => {
  it("refuse an operation once it is read, by what it is, and let others pass", async () => {
    await under({ when: "graphql.type == 'mutation' or graphql.depth > 5", reason: "No changes." });
    expect(await (await operation("{ hello }")).json()).toEqual({ data: { hello: "world" } });
    const refused = await operation("mutation { set }");
    expect(await refused.json()).toMatchObject({
      errors: [{ message: expect.stringContaining("No changes.") }],
    });
    const batch = await fetched("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ query: "mutation { set }" }, { query: "{ hello }" }]),
    });
    expect(await batch.json()).toMatchObject([{ errors: [{}] }, { data: { hello: "world" } }]);
    const { violations } = gateway.booted.control.policies;
    expect(violations({ limit: 1 })).toMatchObject([{ policy: "p0", facts: { "graphql.type": "mutation" } }]);
  });

  it("let an operation pass that one of higher priority allows, though all others are denied", async () => {
    await under(
      { when: "graphql.operation == 'Health'", priority: 9, do: { allow: {} } },
      { when: "true", reason: "Nothing else." },
    );
    expect(await (await operation("query Health { hello }")).json()).toEqual({ data: { hello: "world" } });
    expect(await (await operation("query health { hello }")).json()).toMatchObject({
      errors: [{ message: expect.stringContaining("Nothing else.") }],
    });
    expect(await statusOf("/open")).toBe(403);
  });

  it("refuse operations on a socket, each by itself, and an answer", async () => {
    await under({ when: "graphql.type == 'mutation'", reason: "No changes." });
    const { authorization } = headers();
    class WithKey extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers: { authorization } });
      }
    }
    const client = createWs({
      url: `ws://127.0.0.1:${gateway.port}/graphql`,
      webSocketImpl: WithKey,
      retryAttempts: 0,
    });
    const one = async (query: string): Promise<unknown> => {
      try {
        for await (const result of client.iterate({ query })) return result;
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    };
    expect(await one("mutation { set }")).toMatchObject([
      { message: expect.stringContaining("No changes.") },
    ]);
    expect(await one("{ hello }")).toEqual({ data: { hello: "world" } });
    await under({ phase: "response", when: "response.status == 200", reason: "No answers." });
    expect(await one("{ hello }")).toMatchObject([{ message: expect.stringContaining("No answers.") }]);
    await client.dispose();
    const refused = await operation("{ hello }");
    expect(await refused.json()).toMatchObject({
      errors: [{ message: expect.stringContaining("No answers.") }],
    });
  });

  it("are replayed to what they were", async () => {
    await under(
      { when: "graphql.operation == 'Health'", priority: 9, do: { allow: {} } },
      { when: "graphql.cost > 0 and graphql.type == 'mutation'", priority: 5 },
      { when: "header('x-none') == ['a'] or endpoint == '/open'" },
    );
    const since = Date.now();
    for (const query of ["query Health { hello }", "mutation { set }", "{ hello }", "{ none }"])
      await (await operation(query)).arrayBuffer();
    expect(await statusOf("/open")).toBe(403);
    const { simulate } = gateway.booted.control.policies;
    await expect
      .poll(async () => (await simulate({ since, until: Date.now() + 1000 })).requests)
      .toBeGreaterThanOrEqual(5);
    expect(await simulate({ since, until: Date.now() + 1000 })).toMatchObject({
      newlyDenied: 0,
      newlyAllowed: 0,
      changedConstraints: 0,
      unknown: 0,
    });
  });
});

describe("policies of gRPC", () => {
  const call = (path: string) => rawCall(`http://127.0.0.1:${gateway.port}`, path, gateway.key);

  it("refuse a method of a service, by whichever path a route leads there", async () => {
    await under({
      when: "grpc.service == 'echo.v1.EchoService' and grpc.method == 'Unary'",
      reason: "No echo.",
    });
    for (const path of ["/echo.v1.EchoService/Unary", "/moved/Unary"])
      expect(await call(path)).toMatchObject({
        "grpc-status": "7",
        "grpc-message": expect.stringContaining("No echo."),
      });
    expect(await call("/echo.v1.EchoService/Server")).toMatchObject({ "grpc-status": "0" });
  });

  it("refuse an answer with a status of gRPC", async () => {
    await under({ phase: "response", when: "response.status == 200" });
    expect(await call("/echo.v1.EchoService/Unary")).toMatchObject({ "grpc-status": "7" });
  });
});

describe("policies of sockets", () => {
  const opened = async (path = "/socket"): Promise<number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: headers() });
    const status = await new Promise<number>((resolve, reject) => {
      socket.on("open", () => resolve(101));
      socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
      socket.on("error", reject);
    });
    if (status === 101) {
      socket.close();
      await once(socket, "close");
    }
    return status;
  };

  it("refuse a handshake, and the answer to it", async () => {
    await under({ when: "request.protocol == 'websocket' and request.path == '/socket'" });
    expect(await opened()).toBe(403);
    await under({ phase: "response", when: "response.status == 101" });
    expect(await opened()).toBe(403);
    await under({ when: "false" });
    expect(await opened()).toBe(101);
  });

  it("refuse a session of Realtime, by its model, by what nobody knows of it, and by its answer", async () => {
    const talk = "/v1/realtime?model=any/gpt-realtime";
    for (const denies of [
      { when: "request.protocol == 'realtime' and ai.model == 'any/gpt-realtime'" },
      { when: "ai.max_tokens > 1000" },
      { phase: "target", when: "target.provider == 'any'" },
      { phase: "response", when: "response.status == 101" },
    ]) {
      await under(denies);
      expect(await opened(talk)).toBe(403);
    }
    await under({ when: "ai.model == 'any/other'" });
    expect(await opened(talk)).toBe(101);
  });
});

describe("policies of the raw lane", () => {
  it("refuse what they cannot know there, and change headers", async () => {
    await under({ when: "ai.max_tokens > 100" });
    const since = Date.now();
    expect(await statusOf("/p/any/files")).toBe(403);
    expect(heads).toEqual([]);
    const { simulate } = gateway.booted.control.policies;
    const replayed = () => simulate({ since, until: Date.now() + 1000 });
    await expect.poll(async () => (await replayed()).requests).toBe(1);
    expect(await replayed()).toMatchObject({ newlyAllowed: 0, unknown: 0 });
    await under(
      { when: "request.path == '/p/any/secret'" },
      {
        when: "true",
        do: { transform: [{ setHeader: { name: "x-team", value: "blue" } }] },
      },
    );
    expect(await statusOf("/p/any/secret")).toBe(403);
    expect(await statusOf("/p/any/files", { headers: { "x-team": "red" } })).toBe(200);
    expect(heads).toMatchObject([{ url: "/v1/files", team: "blue" }]);
    await under({ when: "true", do: { transform: [{ removeQuery: "a" }] } });
    expect(await statusOf("/p/any/files?a=1")).toBe(403);
  });
});

describe("policies that change under load", () => {
  it("lose no request, and none meets two revisions", async () => {
    const marked = (value: string) => [
      { when: "true", do: { transform: [{ setHeader: { name: "x-team", value } }] } },
      { phase: "response", when: "true", do: { transform: [{ setHeader: { name: "x-kind", value } }] } },
    ];
    await under(...marked("r0"));
    const seen = new Set<string>();
    let asked = 0;
    let changed: Promise<void> = Promise.resolve();
    const client = async (): Promise<void> => {
      while (asked < 160) {
        asked += 1;
        const revision = asked;
        if (asked % 16 === 0) changed = changed.then(() => under(...marked(`r${revision}`)));
        const answer = await fetched("/open");
        await answer.arrayBuffer();
        expect(answer.status).toBe(200);
        expect(answer.headers.get("x-saw")).toBe(answer.headers.get("x-kind"));
        seen.add(answer.headers.get("x-kind") ?? "");
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
    await changed;
    expect(seen.size).toBeGreaterThan(3);
    expect(heads).toHaveLength(asked);
  });
});
