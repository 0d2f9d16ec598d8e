import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createDialGuard } from "../../src/platform/dialling/index.ts";
import { createHttp2Transport } from "../../src/platform/http2-transport/index.ts";
import { createTransport, createTunnels } from "../../src/platform/undici-transport/index.ts";
import type { TransportFailure, UpstreamRequest } from "../../src/ports/transport.ts";
import { requestOf } from "../support/heard-answer.ts";

/** Hangs up on everybody, and counts them. */
let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let port = 0;
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  port = address !== null && typeof address === "object" ? address.port : 0;
});
afterAll(() => server.close());
beforeEach(() => {
  connections = 0;
});

const blocked: string[] = [];
const guard = createDialGuard({ reachOf: () => undefined, onBlocked: (why) => blocked.push(why) });
const settings = { connectTimeoutMs: 2000, keepAliveMs: 1000, endOfTurn: setImmediate, guard };
const [one, two, tunnels] = [
  createTransport(settings),
  createHttp2Transport(settings),
  createTunnels(settings),
];

const ways: Readonly<Record<string, typeof one.send>> = {
  "HTTP/1.1": one.send,
  "HTTP/1.1 of a call that waits for 100": (request, listener) =>
    one.send({ ...request, expectsContinue: true }, listener),
  "HTTP/2": two.send,
  tunnels: (request, listener) => {
    const { body: _, ...asked } = request;
    const { abort } = tunnels.open(
      { ...asked, protocol: "websocket" },
      { ...listener, switched: () => undefined },
    );
    return { abort, pause: () => undefined, resume: () => undefined };
  },
};

const failureOf = (send: typeof one.send, request: Pick<UpstreamRequest, "origin" | "isForeign">) =>
  new Promise<TransportFailure>((resolve, reject) => {
    const unexpected = () => reject(new Error("it was answered"));
    send(requestOf(request), { head: unexpected, data: unexpected, end: unexpected, failed: resolve });
  });

it.for(
  Object.keys(ways).flatMap((way) =>
    ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"].map((host) => ({ way, host })),
  ),
)("$way opens nothing to $host for an address that the operator has not named", async ({ way, host }) => {
  const send = ways[way] ?? one.send;
  const origin = `http://${host}:${port}`;
  const told = await failureOf(send, { origin, isForeign: true });
  expect(told).toMatchObject({ code: "upstream_unreachable", wasSent: false });
  expect(told.detail).toMatch(/^blocked_address: /);
  expect(connections).toBe(0);
  expect(blocked.splice(0)).toEqual(["private"]);
});

it.for(Object.keys(ways))(
  "%s opens nothing to metadata, and what the operator wrote otherwise",
  async (way) => {
    const send = ways[way] ?? one.send;
    const told = await failureOf(send, { origin: `http://169.254.169.254:${port}` });
    expect(told.detail).toMatch(/^blocked_address: .*metadata/);
    expect((await failureOf(send, { origin: `http://127.0.0.1:${port}` })).detail).not.toMatch(/blocked/);
    expect(connections).toBeGreaterThan(0);
    expect(blocked.splice(0)).toEqual(["metadata"]);
  },
);

it.for(["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "http_proxy"])(
  "no proxy is taken from %s",
  async (name) => {
    const before = process.env[name];
    process.env[name] = `http://127.0.0.1:${port}`;
    try {
      const told = await failureOf(one.send, { origin: "http://nobody.invalid:80" });
      expect(told.code).toBe("upstream_unreachable");
      expect(connections).toBe(0);
    } finally {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  },
);
