import { afterEach, describe, expect, it } from "vitest";
import { ask } from "../support/any-version-client.ts";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { rawClient } from "../support/raw-client.ts";
import { type RawHttp2, rawHttp2 } from "../support/raw-http2.ts";
import { framed, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { requestText, restGateway, splitMessage, valuesOf } from "../support/rest-gateway.ts";

let gateway: BootedGateway | undefined;
let origin: RawUpstream | undefined;
let two: RawHttp2 | undefined;
afterEach(async () => {
  await two?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await origin?.[Symbol.asyncDispose]();
});
const start = async () => {
  origin = await rawUpstream();
  two = await rawHttp2();
  gateway = await restGateway(`
services:
  up: { baseUrl: "${origin.url}" }
  two: { baseUrl: "${two.origin}" }
routes:
  all: { service: up, path: /*, auth: none }
  graph: { service: up, path: /graphql, auth: none, protocol: graphql }
  rpc: { service: two, path: /a.Service/*, auth: none, protocol: grpc }
`);
  return { origin, gateway, two };
};

describe("a drain", () => {
  it("lets a client that waits for its service's head have the answer, and closes its connection", async () => {
    const open = await start();
    const client = rawClient(open.gateway.port);
    client.socket.write(requestText("GET /slow"));
    const { socket } = await open.origin.call(0);
    const closed = open.gateway.booted.close(10_000);
    socket.write(wholeAnswer(200, "at last"));
    const { head, body } = splitMessage(await client.closed);
    await closed;
    expect(body).toBe("at last");
    expect(valuesOf(head, "connection")).toEqual(["close"]);
  });

  it("whose time is up tells who still waits for a service, with a time to come back", async () => {
    const open = await start();
    const client = rawClient(open.gateway.port);
    client.socket.write(requestText("POST /slow", ["content-length: 2"], "ab"));
    const over2 = ask("h2c", open.gateway.port, { path: "/slow" });
    const calls = await Promise.all([open.origin.call(0), open.origin.call(1)]);
    await open.gateway.booted.close(100);
    const { head, body } = splitMessage(await client.closed);
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect(valuesOf(head, "connection")).toEqual(["close"]);
    expect(valuesOf(head, "retry-after")).toEqual(["1"]);
    expect(JSON.parse(body)).toMatchObject({ code: "overloaded", detail: "The gateway is shutting down." });
    expect(await over2).toMatchObject({ status: 503, isWhole: true });
    await Promise.all(calls.map(({ closedAt }) => closedAt));
  });

  it("whose time is up is told in GraphQL's and gRPC's own form", async () => {
    const open = await start();
    const graph = ask("http/1.1", open.gateway.port, {
      method: "POST",
      path: "/graphql",
      headers: { "content-type": "application/json" },
      body: '{"query":"{a}"}',
    });
    const rpc = ask("h2c", open.gateway.port, {
      method: "POST",
      path: "/a.Service/Method",
      headers: { "content-type": "application/grpc", te: "trailers" },
      body: "\0\0\0\0\0",
    });
    await open.origin.call(0);
    await open.two.socket;
    await open.gateway.booted.close(100);
    const told = await graph;
    expect(told.status).toBe(503);
    expect(JSON.parse(told.body)).toMatchObject({ errors: [{ message: "The gateway is shutting down." }] });
    expect(await rpc).toMatchObject({ status: 200, headers: { "grpc-status": "14" } });
  });

  it("whose time is up says nothing against the service, and shows no half of an answer as a whole one", async () => {
    const open = await start();
    const client = rawClient(open.gateway.port);
    client.socket.write(requestText("GET /half"));
    const { socket } = await open.origin.call(0);
    socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${framed("half")}`);
    await client.until(/half/);
    const waits = rawClient(open.gateway.port);
    waits.socket.write(requestText("GET /slow"));
    await open.origin.call(1);
    const { breakers } = open.gateway.booted.control;
    await open.gateway.booted.close(100);
    expect(await client.closed).not.toMatch(/\r\n0\r\n\r\n$/);
    await waits.closed;
    expect(breakers.list().map(({ failureCount }) => failureCount)).toEqual([0]);
  });
});
