import { once } from "node:events";
import { type Client, createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type GraphqlStream, graphqlStream } from "../support/graphql-stream.ts";

const subscription = "subscription { a }";
const configFor = (url: string): string => `
overload: { ingress: { delayMax: off }, bulkhead: { targets: { narrow: { concurrency: 1 } } } }
services:
  s: { baseUrl: "${url}" }
  narrow: { baseUrl: "${url}" }
routes:
  plain: { protocol: graphql, path: /plain, service: s }
  narrow: { protocol: graphql, path: /narrow, service: narrow }
  few: { protocol: graphql, path: /few, service: s, graphql: { sockets: { perKeyMax: 1, keyInQuery: true } } }
  inside: { protocol: graphql, path: /inside, service: s, graphql: { sockets: { keyInInit: true, perKeyMax: 1 } } }
  alone: { protocol: graphql, path: /alone, service: s, graphql: { sockets: { perClientMax: 1 } } }
  short: { protocol: graphql, path: /short, service: s, graphql: { limits: { variablesBytes: 20 } } }
  open: { protocol: graphql, path: /open, service: s, auth: none }
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

const withKey = (key = gateway.key) => ({ authorization: `Bearer ${key}` });
const control = () => gateway.booted.control;

interface Talk {
  readonly socket: WebSocket;
  readonly say: (message: unknown) => void;
  /** The next message of this type that has not been asked for yet. */
  readonly heard: (type: string) => Promise<Record<string, unknown>>;
  readonly closed: Promise<number>;
}

/** A socket as text, without a library that keeps to the protocol. */
async function talk(
  path: string,
  headers: Record<string, string> = withKey(),
  port = gateway.port,
): Promise<Talk> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, "graphql-transport-ws", { headers });
  const queue: Record<string, unknown>[] = [];
  let wake = (): void => undefined;
  socket.on("message", (data: Buffer) => {
    queue.push(JSON.parse(data.toString()));
    wake();
  });
  const closed = once(socket, "close").then(([code]: unknown[]) => Number(code));
  await once(socket, "open");
  return {
    socket,
    say: (message) => socket.send(JSON.stringify(message)),
    heard: async (type) => {
      for (;;) {
        const at = queue.findIndex((message) => message["type"] === type);
        const [found] = at < 0 ? [] : queue.splice(at, 1);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    closed,
  };
}
async function ready(path: string, headers?: Record<string, string>, port?: number): Promise<Talk> {
  const socket = await talk(path, headers, port);
  socket.say({ type: "connection_init" });
  await socket.heard("connection_ack");
  return socket;
}
const subscribe = (id: string, query = subscription) => ({ id, type: "subscribe", payload: { query } });
/** The status with which a handshake is refused. */
const refusal = (path: string, headers: Record<string, string> = withKey()): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, "graphql-transport-ws", {
      headers,
    });
    socket.on("error", () => undefined);
    socket.on("open", () => reject(new Error("it was switched")));
    socket.on("unexpected-response", (_, { statusCode = 0 }) => {
      resolve(statusCode);
      socket.terminate();
    });
  });
const nextOperation = () => upstream.operation(upstream.operations.length);
const idle = () => expect.poll(() => control().sockets().length).toBe(0);

describe("a socket of GraphQL that stays open", () => {
  it("holds no place in flight, nor does a subscription on it that stands, nor a slot of its service", async () => {
    const socket = await ready("/narrow");
    expect(control().state().inFlight).toBe(0);
    const asked = nextOperation();
    socket.say(subscribe("1"));
    const { next } = await asked;
    next({ a: 1 });
    await socket.heard("next");
    expect(control().state().inFlight).toBe(0);
    // There is one slot: a query could not be asked beside it.
    socket.say(subscribe("2", "{ a }"));
    expect(await socket.heard("next")).toMatchObject({ id: "2", payload: { data: { a: 1 } } });
    socket.socket.close(1000);
    await idle();
  });

  it("takes no more variables than its route does", async () => {
    const socket = await ready("/short");
    const query = "query ($a: String) { a }";
    const payload = (a: string) => ({ query, variables: { a } });
    socket.say({ id: "1", type: "subscribe", payload: payload("short") });
    await socket.heard("complete");
    socket.say({ id: "2", type: "subscribe", payload: payload("longer than 20 bytes") });
    expect(await socket.closed).toBe(4400);
    await idle();
  });

  it("is listed while it is open, and leaves a record besides those of its operations", async () => {
    const socket = await ready("/plain");
    const [shown] = control().sockets();
    expect(shown).toMatchObject({
      route: "plain",
      mode: "inspect",
      keyName: expect.any(String),
      messagesUp: 1,
    });
    socket.say(subscribe("1", "{ a }"));
    await socket.heard("complete");
    socket.socket.close(4321);
    await idle();
    await expect
      .poll(() => control().requests.read(shown?.id ?? ""))
      .toMatchObject({ status: 101, outcome: "completed", route: "plain" });
    const list = await control().requests.list({ limit: 20 });
    const operation = await control().requests.read(list.find(({ id }) => id > (shown?.id ?? ""))?.id ?? "");
    expect(operation).toMatchObject({
      status: 200,
      outcome: "completed",
      route: "plain",
      provider: "s",
      keyName: shown?.keyName,
      attempts: [{ provider: "s", status: 200 }],
    });
  });

  it("is one of those that a key may have open", async () => {
    const first = await ready("/few");
    expect(await refusal("/few")).toBe(429);
    first.socket.close(1000);
    await idle();
    const again = await ready(`/few?key=${gateway.key}`, {});
    again.socket.close(1000);
    await idle();
    expect(await refusal(`/plain?key=${gateway.key}`, {})).toBe(401);
  });

  it("is one of those that a client's address may have open, whoever asks", async () => {
    const { key } = await control().keys.create({ name: "another", models: [] });
    const first = await ready("/alone");
    expect(await refusal("/alone", withKey(key))).toBe(429);
    first.socket.close(1000);
    await idle();
  });

  it("ends when its key is revoked, with all that runs on it", async () => {
    const { key, entry } = await control().keys.create({ name: "short-lived", models: [] });
    const stays = await ready("/plain");
    const socket = await ready("/plain", withKey(key));
    const asked = nextOperation();
    socket.say(subscribe("1"));
    const { closed } = await asked;
    await control().keys.revoke(entry.id);
    expect(await socket.closed).toBe(4403);
    await closed;
    stays.say(subscribe("1", "{ a }"));
    await stays.heard("next");
    stays.socket.close(1000);
    await idle();
  });

  it("pauses its service while the client reads nothing", async () => {
    const socket = await ready("/plain");
    const asked = nextOperation();
    socket.say(subscribe("1"));
    const { response, closed } = await asked;
    socket.socket.pause();
    const piece = `event: next\ndata: {"data":{"a":"${"x".repeat(65_536)}"}}\n\n`;
    const mebibyte = 1024 * 1024;
    let sent = 0;
    const fill = (): number => {
      for (; response.writableLength < 4 * mebibyte && sent < 256 * mebibyte; sent += piece.length)
        response.write(piece);
      return sent;
    };
    // Until nothing was taken between ten looks.
    let before = -1;
    let still = 0;
    await expect
      .poll(() => {
        still = before === fill() ? still + 1 : 0;
        before = sent;
        return still;
      })
      .toBe(10);
    expect(sent).toBeLessThan(64 * mebibyte);
    socket.socket.terminate();
    await closed;
    await idle();
  });

  it("ends a drain with 1012", async () => {
    await using draining = await bootGateway(configFor(upstream.url));
    const socket = await ready("/plain", { authorization: `Bearer ${draining.key}` }, draining.port);
    draining.booted.startDraining();
    expect(await socket.closed).toBe(1012);
  });

  it("sends on neither its key nor anything of its handshake, wherever the key was", async () => {
    const protocols = ["graphql-transport-ws", `openai-insecure-api-key.${gateway.key}`];
    const client = createClient({
      url: `ws://127.0.0.1:${gateway.port}/plain`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string) {
          super(address, protocols);
        }
      },
      retryAttempts: 0,
    });
    const asked = nextOperation();
    for await (const result of client.iterate({ query: "{ a }" })) expect(result).toEqual({ data: { a: 1 } });
    const { request } = await asked;
    expect(JSON.stringify(request.rawHeaders)).not.toMatch(/sp-|sec-websocket|graphql-transport-ws/i);
    await client.dispose();
    await idle();
  });
});

describe("an operation on a socket", () => {
  it("is held to the configuration in force, which need not be that of its socket", async () => {
    const config = configFor(upstream.url);
    await using own = await bootGateway(config);
    const socket = await ready("/plain", { authorization: `Bearer ${own.key}` }, own.port);
    const aliases = "{ a: a b: a }";
    socket.say(subscribe("1", aliases));
    await socket.heard("complete");
    const bounded = "service: s, graphql: { limits: { aliases: 1 } } }";
    await own.reconfigure(config.replace("path: /plain, service: s }", `path: /plain, ${bounded}`));
    socket.say(subscribe("2", aliases));
    expect(await socket.heard("error")).toMatchObject({
      id: "2",
      payload: [{ extensions: { rule: "aliases" } }],
    });
    await own.reconfigure(config.replace(/  plain: .*/, ""));
    socket.say(subscribe("3", "{ a }"));
    expect(await socket.heard("error")).toMatchObject({
      id: "3",
      payload: [{ extensions: { code: "ROUTE_NOT_FOUND" } }],
    });
    socket.socket.close(1000);
  });

  it("has to have a place in flight, as a request of its own", async () => {
    await using own = await bootGateway(
      configFor(upstream.url).replace("ingress:", "inFlightMax: 1, ingress:"),
    );
    const socket = await ready("/plain", { authorization: `Bearer ${own.key}` }, own.port);
    socket.say(subscribe("1", "{ a }"));
    socket.say(subscribe("2", "{ a }"));
    expect(await socket.heard("error")).toMatchObject({
      id: "2",
      payload: [{ extensions: { code: "OVERLOADED" } }],
    });
    expect(await socket.heard("complete")).toMatchObject({ id: "1" });
    socket.say(subscribe("3", "{ a }"));
    expect(await socket.heard("complete")).toMatchObject({ id: "3" });
    socket.socket.close(1000);
  });
});

describe("an operation that its client gives up", () => {
  it("ends at its service at once, by `complete` or with the socket", async () => {
    const socket = await ready("/plain");
    const first = nextOperation();
    socket.say(subscribe("1"));
    const one = await first;
    socket.say({ id: "1", type: "complete" });
    await one.closed;
    const second = nextOperation();
    socket.say(subscribe("2"));
    const two = await second;
    socket.socket.terminate();
    await two.closed;
    await idle();
    expect(control().state().inFlight).toBe(0);
  });

  it("does not go on to wait for a slot of its service", async () => {
    // Holds the one slot: its answer is not there yet.
    const blocker = await upstreamSilent();
    const socket = await ready(
      "/blocked",
      { authorization: `Bearer ${blocker.gateway.key}` },
      blocker.gateway.port,
    );
    socket.say(subscribe("1", "{ a }"));
    await blocker.asked;
    socket.say(subscribe("2", "{ a }"));
    await expect.poll(() => blocker.gateway.booted.control.state().inFlight).toBe(2);
    socket.say({ id: "2", type: "complete" });
    await expect.poll(() => blocker.gateway.booted.control.state().inFlight).toBe(1);
    // It did not wait until it was refused.
    expect(await blocker.gateway.records(1)).toMatchObject([{ outcome: "aborted", attempts: [] }]);
    socket.socket.terminate();
    await expect.poll(() => blocker.gateway.booted.control.state().inFlight).toBe(0);
    await blocker.close();
  });
});

async function upstreamSilent() {
  const { nodeOrigin } = await import("../support/rest-gateway.ts");
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const origin = await nodeOrigin(() => resolve());
  const own = await bootGateway(`
overload: { ingress: { delayMax: off }, bulkhead: { targets: { s: { concurrency: 1 } } } }
services: { s: { baseUrl: "${origin.url}" } }
routes: { blocked: { protocol: graphql, path: /blocked, service: s } }
`);
  return {
    asked,
    gateway: own,
    close: async () => {
      await own[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

describe("a key in the payload of connection_init", () => {
  const clientOf = (path: string, connectionParams: Record<string, unknown>): Client =>
    createClient({
      url: `ws://127.0.0.1:${gateway.port}${path}`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams,
    });
  const ask = async (client: Client): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query: "{ a }" })) seen.push(result);
    await client.dispose();
    return seen;
  };
  const bearer = () => `Bearer ${gateway.key}`;

  it.for([
    ["authorization", () => ({ authorization: bearer() })],
    ["Authorization", () => ({ Authorization: bearer() })],
    ["headers", () => ({ headers: { Authorization: bearer() } })],
    ["x-api-key", () => ({ "X-Api-Key": gateway.key })],
  ] as const)("lets the official client in by `%s`, as who it is", async ([, params]) => {
    expect(await ask(clientOf("/inside", params()))).toEqual([{ data: { a: 1 } }]);
    await idle();
    const [, socket] = await control().requests.list({ limit: 2 });
    const record = await control().requests.read(socket?.id ?? "");
    expect(record?.keyId).toBeTypeOf("string");
  });

  it.for([
    ["an unknown key", () => ({ authorization: "Bearer sp-wrong" })],
    ["no key", () => ({})],
    ["two keys", () => ({ authorization: bearer(), headers: { authorization: "Bearer sp-other" } })],
  ] as const)("closes with 4403 for %s, before anything is run", async ([, params]) => {
    const before = upstream.operations.length;
    await expect(ask(clientOf("/inside", params()))).rejects.toMatchObject({ code: 4403 });
    expect(upstream.operations.length).toBe(before);
    await idle();
  });

  it("counts among the sockets of the key, and ends with it", async () => {
    const { key, entry } = await control().keys.create({ name: "inside", models: [] });
    const init = { type: "connection_init", payload: { authorization: `Bearer ${key}` } };
    const first = await talk("/inside", {});
    first.say(init);
    await first.heard("connection_ack");
    expect(control().sockets()).toMatchObject([{ keyName: "inside" }]);
    const second = await talk("/inside", {});
    second.say(init);
    expect(await second.closed).toBe(1008);
    await control().keys.revoke(entry.id);
    expect(await first.closed).toBe(4403);
    await idle();
  });

  it("opens no socket where the route does not take it, nor anything else without a key where it does", async () => {
    expect(await refusal("/plain", {})).toBe(401);
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/inside?query={a}`);
    expect(answer.status).toBe(401);
  });

  it("is no matter where anybody may ask", async () => {
    expect(await ask(clientOf("/open", { authorization: "Bearer sp-wrong" }))).toEqual([{ data: { a: 1 } }]);
    await idle();
  });

  it("has to come within 3 s", async () => {
    const socket = await talk("/inside", {});
    expect(await socket.closed).toBe(4408);
    await idle();
  });
});
