import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { frameCases, matchesCase, runFrameCase, sizeLimitCases } from "../support/websocket-frames.ts";
import { echo, messageLimits, socketServer, type TestServer } from "../support/websocket-servers.ts";

const cases = [...frameCases, ...sizeLimitCases(messageLimits.messageBytesMax)];
const heads: string[][] = [];
const closed = createServer();
/** Compresses where it is asked to. */
const packer = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } });
const packing = createServer();
let upstream: TestServer;
let gateway: BootedGateway;

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
const configFor = (port: number): string => `
services:
  up: { baseUrl: "http://127.0.0.1:${port}/base" }
  gone: { baseUrl: "http://127.0.0.1:9" }
  packing: { baseUrl: "http://127.0.0.1:${portOf(packing)}" }
  closed: { baseUrl: "http://127.0.0.1:${portOf(closed)}" }
routes:
  tunnel: { protocol: websocket, path: /tunnel, service: up, websocket: { perClientMax: 1000, perKeyMax: 1000 } }
  inspect: { protocol: websocket, path: /inspect, service: up, websocket: { mode: inspect, perClientMax: 1000, perKeyMax: 1000 } }
  few: { protocol: websocket, path: /few, service: up, websocket: { perKeyMax: 1, keyInQuery: true } }
  gone: { protocol: websocket, path: /gone, service: gone }
  packed: { protocol: websocket, path: /packed, service: packing }
  unpacked: { protocol: websocket, path: /unpacked, service: packing, websocket: { mode: inspect } }
  closed: { protocol: websocket, path: /closed, service: closed }
  plain: { path: /plain, service: up }
`;

beforeAll(async () => {
  closed.on("upgrade", (_, socket) => {
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\nConnection: close\r\n\r\nmembers only");
  });
  packing.on("upgrade", (message, socket, early) =>
    packer.handleUpgrade(message, socket, early, (accepted) =>
      accepted.on("message", (data, isBinary) => accepted.send(data, { binary: isBinary })),
    ),
  );
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => packing.listen(0, "127.0.0.1", resolve));
  upstream = await socketServer((connection, { rawHeaders, url }) => {
    heads.push([url ?? "", ...rawHeaders]);
    void echo(connection);
  });
  gateway = await bootGateway(configFor(upstream.port));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream.close();
  closed.close();
  packing.close();
});

const keyHeader = (): string => `Authorization: Bearer ${gateway.key}`;
const wire = (path: string) => ({ port: gateway.port, path, headers: [keyHeader()] });
const opened = async (
  path: string,
  headers = { authorization: `Bearer ${gateway.key}` },
): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers });
  await once(client, "open");
  return client;
};
/** The status and the body with which a handshake is refused. */
const refusal = (
  path: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${gateway.key}` },
): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const client = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers });
    client.on("error", () => undefined);
    client.on("open", () => reject(new Error("it was switched")));
    client.on("unexpected-response", (_, answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
  });

/** All that a script says; `absent`: there is no Python. */
const python = (script: string): Promise<string> =>
  new Promise((resolve) => {
    const child = spawn("/usr/bin/python3", ["-c", script]);
    let output = "";
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", () => resolve("absent"));
    child.on("close", () => resolve(output.trim()));
  });

describe.for(["/tunnel", "/inspect"] as const)("frames through a gateway at %s", (path) => {
  it.for(cases)("$name", async (frameCase) => {
    const heard = await runFrameCase(frameCase, wire(path));
    expect(matchesCase(frameCase, heard)).toBeUndefined();
  });
});

describe("a WebSocket route", () => {
  it("passes the client's own handshake in a tunnel, without its gateway key", async () => {
    const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/tunnel`, [
      "chat",
      `openai-insecure-api-key.${gateway.key}`,
    ]);
    await once(client, "open");
    const [url, ...list] = heads.at(-1) ?? [];
    expect(url).toBe("/base/tunnel");
    expect(client.protocol).toBe("chat");
    expect(list.join("\n")).not.toContain(gateway.key);
    expect(list.join("\n").toLowerCase()).toContain("permessage-deflate");
    client.close(1000);
    await once(client, "close");
  });

  it("lists what is open, and writes one record at the end", async () => {
    const client = await opened("/inspect");
    client.send("four");
    await once(client, "message");
    const [socket] = gateway.booted.control.sockets().filter(({ route }) => route === "inspect");
    expect(socket).toMatchObject({
      mode: "inspect",
      messagesUp: 1,
      messagesDown: 1,
      bytesUp: 4,
      bytesDown: 4,
    });
    client.close(4321, "done");
    await once(client, "close");
    await expect.poll(() => gateway.booted.control.sockets().map(({ id }) => id)).not.toContain(socket?.id);
    await expect
      .poll(() => gateway.booted.control.requests.read(socket?.id ?? ""))
      .toMatchObject({
        status: 101,
        outcome: "completed",
        route: "inspect",
        events: 2,
        bytesIn: 4,
        bytesOut: 4,
      });
    const metrics = gateway.booted.control.metrics();
    expect(metrics).toMatch(/sallyport_ws_open\{[^}]*route="inspect"[^}]*\} 0/);
    expect(metrics).toMatch(/sallyport_ws_closed_total\{code="4321"\} 1/);
    expect(gateway.booted.control.state().inFlight).toBe(0);
  });

  it("refuses as HTTP what it does not switch", async () => {
    expect((await refusal("/tunnel", {})).status).toBe(401);
    expect((await refusal("/nowhere")).status).toBe(404);
    expect((await refusal("/gone")).status).toBe(502);
    expect((await refusal(`/tunnel?key=${gateway.key}`, {})).status).toBe(401);
    const evil = { authorization: `Bearer ${gateway.key}`, cookie: "a=b", origin: "https://evil.example" };
    expect((await refusal("/tunnel", evil)).status).toBe(403);
  });

  it("answers 426 to what asks for no WebSocket", async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/tunnel`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    expect(answer.status).toBe(426);
    expect(answer.headers.get("sec-websocket-version")).toBe("13");
    expect(answer.headers.get("upgrade")).toBe("websocket");
  });

  it("relays the refusal of the service as the answer it was", async () => {
    expect(await refusal("/closed")).toEqual({ status: 403, body: "members only" });
  });

  it.for([
    ["/packed", "permessage-deflate"],
    ["/unpacked", ""],
  ] as const)(
    "%s: compression is what both ends agree on in a tunnel, and none where messages are read",
    async ([path, extension]) => {
      const client = await opened(path);
      expect(client.extensions).toBe(extension);
      const text = "again and ".repeat(10_000);
      client.send(text);
      const [data]: unknown[] = await once(client, "message");
      expect(String(data)).toBe(text);
      client.close();
      await once(client, "close");
    },
  );

  it.for(["/tunnel", "/inspect", "/packed", "/unpacked"] as const)(
    "serves python3-websockets at %s",
    async (path, { skip }) => {
      const script = `
import asyncio, sys
try:
    import websockets
except ImportError:
    print("absent"); sys.exit(0)
async def main():
    async with websockets.connect("ws://127.0.0.1:${gateway.port}${path}", extra_headers={"Authorization": "Bearer ${gateway.key}"}) as socket:
        await socket.send("hi"); a = await socket.recv()
        await socket.send(b"\\x00\\xff" * 100000); b = await socket.recv()
        await socket.send(["frag", "ments"]); c = await socket.recv()
        await (await socket.ping())
        await socket.close(4002, "python")
        print(a, len(b), c, socket.close_code)
asyncio.run(main())
`;
      const output = await python(script);
      if (output === "absent" && process.env["CI"] === undefined) {
        console.warn("SKIPPED: python3-websockets is not installed");
        skip();
      }
      expect(output).toBe("hi 200000 fragments 4002");
    },
  );

  it("bounds the sockets of a key, which may come in the query where it says so", async () => {
    const first = await opened(`/few?key=${gateway.key}&a=b`, { authorization: "" });
    expect(heads.at(-1)?.[0]).toBe("/base/few?a=b");
    expect((await refusal("/few")).status).toBe(429);
    first.close();
    await once(first, "close");
    await expect.poll(() => gateway.booted.control.sockets().length).toBe(0);
    const second = await opened("/few");
    second.close();
    await once(second, "close");
  });

  it("does not switch on a route of another protocol: the service gets an ordinary request, as behind nginx", async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const call = request({
        port: gateway.port,
        host: "127.0.0.1",
        path: "/plain",
        headers: { authorization: `Bearer ${gateway.key}`, connection: "upgrade", upgrade: "websocket" },
      });
      call.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      call.on("upgrade", () => reject(new Error("it was switched")));
      call.on("error", reject);
      call.end();
    });
    expect(status).toBe(426);
  });
});

describe("a key that is revoked", () => {
  it.for([
    ["/inspect", 1008],
    ["/tunnel", 1008],
  ] as const)("takes its sockets at %s with it, and nobody else's", async ([path, expected]) => {
    const { keys } = gateway.booted.control;
    const { key, entry } = await keys.create({ name: "short-lived", models: [] });
    const stays = await opened(path);
    const client = await opened(path, { authorization: `Bearer ${key}` });
    const ended = once(client, "close");
    await keys.revoke(entry.id);
    const [code]: unknown[] = await ended;
    expect(code).toBe(expected);
    stays.send("still here");
    await once(stays, "message");
    stays.close();
    await once(stays, "close");
  });
});

describe("a drain", () => {
  it.for(["/inspect", "/tunnel"])("ends sockets with 1012, read or not: %s", async (path) => {
    await using draining = await bootGateway(configFor(upstream.port));
    const headers = { authorization: `Bearer ${draining.key}` };
    const client = new WebSocket(`ws://127.0.0.1:${draining.port}${path}`, { headers });
    await once(client, "open");
    const ended = once(client, "close");
    draining.booted.startDraining();
    const [code]: unknown[] = await ended;
    expect(code).toBe(1012);
  });
});
