import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type Socket } from "node:net";
import { buildSchema, parse, subscribe } from "graphql";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { testAuthority } from "../support/certificates.ts";

const schema = buildSchema(
  "type Query { a: Int } type Subscription { count(to: Int!): Int endless: String }",
);
const { promise: never } = Promise.withResolvers<void>();
const rootValue = {
  async *count({ to }: { readonly to: number }) {
    for (let count = 1; count <= to; count += 1) yield { count };
  },
  async *endless() {
    yield { endless: "first" };
    await never;
  },
};

interface Connected {
  readonly params: unknown;
  readonly request: IncomingMessage;
}
const connected: Connected[] = [];
/** What the service does of a new socket: lets it in, or closes it with this code. */
let closeWith: number | undefined;

const refusing = new WebSocketServer({ noServer: true });
/** Lets everybody in, and refuses all that is asked. */
const refuse = (socket: WebSocket): void =>
  void socket.on("message", (data: Buffer) => {
    const { type, id } = JSON.parse(data.toString());
    if (type === "connection_init") socket.send('{"type":"connection_ack"}');
    if (type !== "subscribe") return;
    socket.send(
      `{"id":"${id}","type":"error","payload":[{"message":"no","extensions":{"big":12345678901234567890}}]}`,
    );
  });

const mebibyte = 1024 * 1024;
const flooding = new WebSocketServer({ noServer: true });
const flooded = { bytes: 0, isStuck: false };
/** Says more than anybody reads, until what it has said is not taken off it. */
const flood = (socket: WebSocket): void =>
  void socket.on("message", (data: Buffer) => {
    const { type, id } = JSON.parse(data.toString());
    if (type === "connection_init") socket.send('{"type":"connection_ack"}');
    if (type !== "subscribe") return;
    const piece = JSON.stringify({ id, type: "next", payload: { data: { endless: "x".repeat(65_536) } } });
    const more = (): void => {
      if (socket.readyState !== WebSocket.OPEN) return;
      flooded.isStuck = socket.bufferedAmount > 4 * mebibyte;
      if (!flooded.isStuck && flooded.bytes < 256 * mebibyte) {
        socket.send(piece);
        flooded.bytes += piece.length;
      }
      setImmediate(more);
    };
    more();
  });

/** A service that answers nothing but sockets of the official server, at `/graphql/ws`. */
async function socketService(server: Server): Promise<{ readonly port: number; readonly close: () => void }> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  const sockets = new WebSocketServer({ noServer: true });
  useServer(
    {
      // The library's own copy of graphql-js is another one: all that looks at a schema is done here.
      onSubscribe: (_, __, { query, variables }) => {
        const document = parse(query);
        return { schema, document, rootValue, variableValues: variables ?? null };
      },
      subscribe,
      onConnect: ({ connectionParams, extra }) => {
        connected.push({ params: connectionParams, request: extra.request });
        if (closeWith !== undefined) extra.socket.close(closeWith, "as told");
        return true;
      },
    },
    sockets,
  );
  server.on("upgrade", (request, socket, head) => {
    if (request.url === "/raw") refusing.handleUpgrade(request, socket, head, refuse);
    else if (request.url === "/flood") flooding.handleUpgrade(request, socket, head, flood);
    else if (request.url === "/graphql/ws")
      sockets.handleUpgrade(request, socket, head, (one) => sockets.emit("connection", one, request));
    else socket.end("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
  });
  server.on("request", (_, response) => response.writeHead(500).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

let plain: Awaited<ReturnType<typeof socketService>>;
let secure: Awaited<ReturnType<typeof socketService>>;
let gateway: BootedGateway;
const authority = testAuthority();
beforeAll(async () => {
  plain = await socketService(createServer());
  secure = await socketService(createSecureServer(authority.issue("server", ["DNS:a.example"])));
  const ws = "graphql: { subscriptions: ws, subscriptionsPath: /graphql/ws }";
  gateway = await bootGateway(`
allowLiteralSecrets: true
services:
  plain: { baseUrl: "http://127.0.0.1:${plain.port}/elsewhere", headers: { authorization: "Bearer of-the-service" }, ${ws} }
  secure: { baseUrl: "https://127.0.0.1:${secure.port}", tls: { serverName: a.example, ca: ${JSON.stringify(authority.ca)} }, ${ws} }
  raw: { baseUrl: "http://127.0.0.1:${plain.port}", graphql: { subscriptions: ws } }
  flood: { baseUrl: "http://127.0.0.1:${plain.port}", graphql: { subscriptions: ws } }
  shut: { baseUrl: "http://127.0.0.1:${plain.port}", graphql: { subscriptions: ws } }
  gone: { baseUrl: "http://127.0.0.1:9", ${ws} }
routes:
  plain: { protocol: graphql, path: /plain, service: plain }
  secure: { protocol: graphql, path: /secure, service: secure }
  raw: { protocol: graphql, path: /raw, service: raw }
  flood: { protocol: graphql, path: /flood, service: flood }
  shut: { protocol: graphql, path: /shut, service: shut }
  gone: { protocol: graphql, path: /gone, service: gone }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  plain.close();
  secure.close();
  authority[Symbol.dispose]();
});
beforeEach(() => {
  closeWith = undefined;
  connected.length = 0;
});

const control = () => gateway.booted.control;
const headers = () => ({ authorization: `Bearer ${gateway.key}` });
const clientOf = (path: string) =>
  createSse({ url: `http://127.0.0.1:${gateway.port}${path}`, headers: headers(), retryAttempts: 0 });
async function seenBy(path: string, query = "subscription { count(to: 3) }"): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for await (const result of clientOf(path).iterate({ query })) seen.push(result);
  return seen;
}
const three = [1, 2, 3].map((count) => ({ data: { count } }));

describe("a service that is asked for subscriptions on sockets", () => {
  it("tells clients by events what it tells on a socket, and is greeted with its own credential alone", async () => {
    expect(await seenBy("/plain")).toEqual(three);
    const [{ params, request } = { params: undefined, request: undefined }] = connected;
    expect(params).toEqual({
      authorization: "Bearer of-the-service",
      headers: { authorization: "Bearer of-the-service" },
    });
    expect(request?.headers).toMatchObject({
      authorization: "Bearer of-the-service",
      "sec-websocket-protocol": "graphql-transport-ws",
    });
    expect(JSON.stringify(request?.rawHeaders)).not.toContain("sp-");
    expect(request?.headers["content-length"]).toBeUndefined();
    expect(request?.headers["content-type"]).toBeUndefined();
  });

  it("tells clients on sockets, each subscription from a socket of its own", async () => {
    const client = createWs({
      url: `ws://127.0.0.1:${gateway.port}/plain`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { headers: headers() });
        }
      },
      retryAttempts: 0,
    });
    const ask = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const result of client.iterate({ query: "subscription { count(to: 3) }" }))
        seen.push(result);
      return seen;
    };
    expect(await Promise.all([ask(), ask()])).toEqual([three, three]);
    expect(connected).toHaveLength(2);
    await client.dispose();
  });

  it("is reached by TLS as its settings say", async () => {
    expect(await seenBy("/secure")).toEqual(three);
  });

  it("passes the errors by which it refuses an operation as they were written", async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/raw`, {
      method: "POST",
      headers: { ...headers(), accept: "text/event-stream", "content-type": "application/json" },
      body: JSON.stringify({ query: "subscription { count(to: 1) }" }),
    });
    expect(await answer.text()).toBe(
      'event: next\ndata: {"errors":[{"message":"no","extensions":{"big":12345678901234567890}}]}\n\nevent: complete\ndata: \n\n',
    );
  });

  it("is left at once by a client that goes", async () => {
    const leaving = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/plain`, {
      method: "POST",
      headers: { ...headers(), accept: "text/event-stream", "content-type": "application/json" },
      body: JSON.stringify({ query: "subscription { endless }" }),
      signal: leaving.signal,
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    leaving.abort();
    await expect.poll(() => connected[0]?.request.socket.destroyed).toBe(true);
    expect(control().state().inFlight).toBe(0);
  });

  it("is read no faster than its client reads, and let go with it", async () => {
    const client = connect(gateway.port, "127.0.0.1", () => {
      const body = JSON.stringify({ query: "subscription { endless }" });
      client.write(
        `POST /flood HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer ${gateway.key}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
    client.pause();
    await expect.poll(() => flooded.isStuck, { timeout: 10_000 }).toBe(true);
    expect(flooded.bytes).toBeLessThan(64 * mebibyte);
    client.destroy();
    await expect.poll(() => flooding.clients.size).toBe(0);
  });

  it.for([
    [4401, "UPSTREAM_AUTH_FAILED"],
    [4403, "UPSTREAM_FORBIDDEN"],
    [1013, "UPSTREAM_OVERLOADED"],
    [1011, "UPSTREAM_FAILED"],
    [4406, "UPSTREAM_MALFORMED_RESPONSE"],
    [1000, "UPSTREAM_UNREACHABLE"],
  ] as const)("that closes a new socket with %s is told of by %s", async ([code, expected]) => {
    closeWith = code;
    expect(await seenBy("/plain")).toMatchObject([{ errors: [{ extensions: { code: expected } }] }]);
  });

  it("that refuses the handshake is told of by what its status means", async () => {
    expect(await seenBy("/shut")).toMatchObject([
      { errors: [{ extensions: { code: "UPSTREAM_AUTH_FAILED" } }] },
    ]);
    expect(connected).toEqual([]);
  });

  it("that is not there opens its breaker, which lets few on", async () => {
    const seen = async () => JSON.stringify(await seenBy("/gone"));
    expect(await seen()).toContain("UPSTREAM_UNREACHABLE");
    // An open breaker lets some on now and then, since nobody else could be asked.
    await expect.poll(seen, { interval: 1 }).toContain("CIRCUIT_OPEN");
    const states = control()
      .breakers.list()
      .filter(({ state }) => state !== "closed");
    expect(states.map(({ provider }) => provider)).toContain("gone");
  });
});
