import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";
import { type Http2Client, http2Client, refusalOf, socketOn } from "../support/http2-socket.ts";
import { echo, socketServer, type TestServer } from "../support/websocket-servers.ts";

/** Of each handshake that came up. */
const heads: string[][] = [];
/** Answers a handshake as if nothing had been asked. */
const deaf = createServer((_request, response) => response.end("a plain answer"));
let upstream: TestServer;
let graphql: Awaited<ReturnType<typeof startGraphqlServer>>;
let gateway: BootedGateway;
let client: Http2Client;
const configFor = (connectProtocol: boolean): string => `
server: { http2: { connectProtocol: ${connectProtocol} } }
services:
  up: { baseUrl: "http://127.0.0.1:${upstream.port}" }
  deaf: { baseUrl: "http://127.0.0.1:${(deaf.address() as AddressInfo).port}" }
  graph: { baseUrl: "${new URL(graphql.url).origin}" }
routes:
  tunnel: { protocol: websocket, path: /tunnel, service: up }
  inspect: { protocol: websocket, path: /inspect, service: up, websocket: { mode: inspect } }
  deaf: { protocol: websocket, path: /deaf, service: deaf, auth: none }
  graph: { protocol: graphql, path: /graphql, service: graph }
  plain: { path: /plain, service: deaf, auth: none }
`;
const auth = (): Readonly<Record<string, string>> => ({ authorization: `Bearer ${gateway.key}` });

beforeAll(async () => {
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  upstream = await socketServer((connection, { rawHeaders }) => {
    heads.push(rawHeaders);
    void echo(connection);
  });
  graphql = await startGraphqlServer();
  gateway = await bootGateway(configFor(true));
  client = await http2Client(gateway.port);
});
afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await upstream.close();
  graphql.close();
  deaf.close();
});

describe.for(["/tunnel", "/inspect"] as const)("a WebSocket on a stream of HTTP/2 at %s", (path) => {
  it("is opened with 200, and by a handshake of HTTP/1.1 at its service", async () => {
    const asked = await client.ask(path, { ...auth(), "sec-websocket-protocol": "a, b" });
    expect(asked.headers).toMatchObject({ ":status": 200, "sec-websocket-protocol": "a" });
    expect(asked.headers["sec-websocket-accept"]).toBeUndefined();
    expect(asked.headers["x-sallyport-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    const up = heads.at(-1)?.map((text) => text.toLowerCase()) ?? [];
    expect(up.filter((text) => text === "sec-websocket-key")).toHaveLength(1);
    expect(up.join()).not.toContain(gateway.key.toLowerCase());
    const { socket, closed } = socketOn(asked);
    socket.close(1000, "done");
    expect(await closed).toMatchObject({ code: 1000 });
  });

  it("passes messages both ways, large ones with backpressure, beside other requests of its connection", async () => {
    const one = socketOn(await client.ask(path, auth()));
    const two = socketOn(await client.ask(path, auth()));
    one.socket.send("hello");
    two.socket.send("x".repeat(900_000));
    expect(await one.next()).toBe("hello");
    expect(await two.next()).toBe("x".repeat(900_000));
    two.socket.send(Buffer.from([0, 255]));
    expect(await two.next()).toEqual(Buffer.from([0, 255]));
    expect(gateway.booted.control.sockets().length).toBe(2);
    one.socket.destroy();
    two.socket.close(1000, "");
    await two.closed;
    await expect.poll(() => gateway.booted.control.sockets().length).toBe(0);
  });

  it("is refused before it is opened, in the same words as over HTTP/1.1", async () => {
    const before = heads.length;
    expect(await refusalOf(await client.ask(path))).toMatchObject({
      status: 401,
      body: expect.stringContaining('"code":"unauthenticated"'),
    });
    const foreign = { ...auth(), cookie: "a=1", origin: "https://evil.example" };
    expect((await refusalOf(await client.ask(path, foreign))).status).toBe(403);
    const old = { ...auth(), "sec-websocket-version": "8" };
    expect((await refusalOf(await client.ask(path, old))).status).toBe(426);
    expect(heads.length).toBe(before);
  });
});

describe("an extended CONNECT", () => {
  it("opens a socket of GraphQL", async () => {
    const asked = await client.ask("/graphql", {
      ...auth(),
      "sec-websocket-protocol": "graphql-transport-ws",
    });
    expect(asked.headers).toMatchObject({
      ":status": 200,
      "sec-websocket-protocol": "graphql-transport-ws",
    });
    const { socket, next } = socketOn(asked);
    const say = (message: object): boolean => socket.send(JSON.stringify(message));
    say({ type: "connection_init" });
    expect(JSON.parse(String(await next()))).toMatchObject({ type: "connection_ack" });
    say({ type: "subscribe", id: "1", payload: { query: "{ __typename }" } });
    expect(JSON.parse(String(await next()))).toMatchObject({
      type: "next",
      id: "1",
      payload: { data: { __typename: "Query" } },
    });
    socket.close(1000, "");
  });

  it.for(["/plain", "/livez", "/v1/models"])("is no success at %s, which opens no socket", async (path) => {
    const told = await refusalOf(await client.ask(path, auth()));
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.body).not.toContain("a plain answer");
  });

  it("is no success where the service answers 200 and switches nothing", async () => {
    expect((await refusalOf(await client.ask("/deaf"))).status).toBe(502);
  });

  it("is not offered, and not taken, unless it is configured", async () => {
    await using closed = await bootGateway(configFor(false));
    await using other = await http2Client(closed.port);
    expect(client.hasSockets).toBe(true);
    expect(other.hasSockets).toBe(false);
    await expect(other.ask("/tunnel", { authorization: `Bearer ${closed.key}` })).rejects.toThrow();
  });

  it("ends with 1012 when the gateway drains", async () => {
    await using draining = await bootGateway(configFor(true));
    await using other = await http2Client(draining.port);
    const headers = { authorization: `Bearer ${draining.key}` };
    const open = await Promise.all(
      ["/tunnel", "/inspect"].map(async (path) => socketOn(await other.ask(path, headers))),
    );
    const ended = Promise.all(open.map(({ closed }) => closed));
    const startedAt = performance.now();
    await draining.booted.close(5000);
    expect((await ended).map(({ code }) => code)).toEqual([1012, 1012]);
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });
});
