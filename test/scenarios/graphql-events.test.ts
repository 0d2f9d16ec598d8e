import { connect } from "node:net";
import { createClient } from "graphql-sse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type GraphqlStream, graphqlStream } from "../support/graphql-stream.ts";

const query = "subscription { a }";
const configFor = (url: string): string => `
overload: { ingress: { delayMax: off }, bulkhead: { targets: { s: { concurrency: 1 } } } }
server: { limits: { answerStallTimeoutMs: 1000 } }
services: { s: { baseUrl: "${url}" } }
routes:
  stream: { protocol: graphql, path: /stream, service: s }
  few: { protocol: graphql, path: /few, service: s, graphql: { sockets: { perKeyMax: 1 } } }
`;
let upstream: GraphqlStream;
let gateway: BootedGateway;
beforeAll(async () => {
  upstream = await graphqlStream();
  gateway = await bootGateway(configFor(upstream.url));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const control = () => gateway.booted.control;
const nextOperation = () => upstream.operation(upstream.operations.length);
const idle = () => expect.poll(() => control().sockets().length).toBe(0);
const ask = (
  path: string,
  key = gateway.key,
  { port, signal }: { port?: number; signal?: AbortSignal } = {},
) =>
  fetch(`http://127.0.0.1:${port ?? gateway.port}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: JSON.stringify({ query }),
    ...(signal === undefined ? {} : { signal }),
  });

describe("a subscription by events that stays open", () => {
  it("holds neither a place in flight nor a slot of its service, and is listed", async () => {
    const asked = nextOperation();
    const leaving = new AbortController();
    const answer = await ask("/stream", gateway.key, { signal: leaving.signal });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-accel-buffering")).toBe("no");
    const { next, closed } = await asked;
    next({ a: 1 });
    await expect.poll(() => control().sockets()).toMatchObject([{ mode: "events", messagesDown: 1 }]);
    expect(control().state().inFlight).toBe(0);
    const beside = await fetch(`http://127.0.0.1:${gateway.port}/stream?query={a}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    expect(await beside.json()).toEqual({ data: { a: 1 } });
    leaving.abort();
    await closed;
    await idle();
  });

  it("is one of those that a key may have open", async () => {
    const leaving = new AbortController();
    await ask("/few", gateway.key, leaving);
    expect((await ask("/few")).status).toBe(429);
    leaving.abort();
    await idle();
    const asked = nextOperation();
    const again = ask("/few");
    (await asked).complete();
    expect((await again).status).toBe(200);
    await idle();
  });

  it("ends with an error and `complete` when its key is revoked, and so does what it is made of", async () => {
    const { key, entry } = await control().keys.create({ name: "short-lived", models: [] });
    const asked = nextOperation();
    const answer = await ask("/stream", key);
    const { next, closed } = await asked;
    next({ a: 1 });
    await expect.poll(() => control().sockets()).toMatchObject([{ messagesDown: 1 }]);
    await control().keys.revoke(entry.id);
    const text = await answer.text();
    expect(text).toContain('event: next\ndata: {"data":{"a":1}}\n\nevent: next\ndata: {"errors"');
    expect(text).toContain('"UNAUTHENTICATED"');
    expect(text).toMatch(/event: complete\ndata: \n\n$/);
    await closed;
    await idle();
  });

  it("is told `complete` in a drain, by which the official client knows its end", async () => {
    const own = await bootGateway(configFor(upstream.url));
    const asked = nextOperation();
    const client = createClient({
      url: `http://127.0.0.1:${own.port}/stream`,
      headers: { authorization: `Bearer ${own.key}` },
      retryAttempts: 0,
    });
    const seen: unknown[] = [];
    const whole = (async () => {
      for await (const result of client.iterate({ query })) seen.push(result);
    })();
    const { next, closed } = await asked;
    next({ a: 1 });
    await expect.poll(() => seen).toEqual([{ data: { a: 1 } }]);
    own.booted.startDraining();
    await whole;
    await closed;
    await own[Symbol.asyncDispose]();
  });

  it("pauses its service while the client reads nothing, and ends with a client that goes on so", async () => {
    const asked = nextOperation();
    const client = connect(gateway.port, "127.0.0.1", () => {
      const body = JSON.stringify({ query });
      client.write(
        `POST /stream HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer ${gateway.key}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
    client.pause();
    client.on("error", () => undefined);
    const { response, closed } = await asked;
    const piece = `event: next\ndata: {"data":{"a":"${"x".repeat(65_536)}"}}\n\n`;
    let sent = 0;
    const fill = (): void => {
      while (sent < 64 * 1024 * 1024 && response.write(piece)) sent += piece.length;
      if (sent < 64 * 1024 * 1024) response.once("drain", fill);
    };
    fill();
    await closed;
    // What three pairs of buffers hold, not what there is to say.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    await idle();
    client.destroy();
  });
});
