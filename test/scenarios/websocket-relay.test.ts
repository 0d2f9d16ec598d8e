import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type RawData, WebSocket } from "ws";
import { GatewayError } from "../../src/kernel/errors.ts";
import { milliseconds } from "../../src/kernel/units.ts";
import type { Relay, RelayEnding } from "../../src/pipeline/socket-relay.ts";
import type { TunnelEnding } from "../../src/pipeline/tunnel.ts";
import { drainReason } from "../../src/protocols/websocket/index.ts";
import {
  echo,
  relayServer,
  socketServer,
  type TestServer,
  tunnelServer,
} from "../support/websocket-servers.ts";
import { frameBytes, wireClient } from "../support/websocket-wire.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const kept = async <Server extends TestServer>(opening: Promise<Server>): Promise<Server> => {
  const server = await opening;
  servers.push(server);
  return server;
};
const echoServer = (): Promise<TestServer> => kept(socketServer((connection) => void echo(connection)));
const told = <Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } =>
  Promise.withResolvers<Value>();
const opened = async (port: number): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  await once(client, "open");
  return client;
};
const closeOf = async (client: WebSocket): Promise<readonly [number, string]> => {
  const [code, reason]: unknown[] = await once(client, "close");
  return [Number(code), String(reason)];
};

/** As `ws` gives it unless it is asked for something else. */
const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString() : "no buffer");

describe("a relay", () => {
  it("passes texts and binaries both ways, counts them, and the client's close goes up", async () => {
    const ending = told<RelayEnding>();
    const { port } = await kept(relayServer((await echoServer()).port, { onEnd: ending.resolve }));
    const client = await opened(port);
    client.send("κόσμε");
    client.send(Buffer.alloc(100));
    const texts: string[] = [];
    const both = new Promise<void>((resolve) =>
      client.on("message", (data, isBinary) => {
        texts.push(isBinary ? "binary" : textOf(data));
        if (texts.length === 2) resolve();
      }),
    );
    await both;
    expect(texts).toEqual(["κόσμε", "binary"]);
    client.close(4001, "enough");
    expect(await ending.promise).toMatchObject({
      cause: "client",
      code: 4001,
      reason: "enough",
      counts: { messagesUp: 2, messagesDown: 2, bytesUp: 110, bytesDown: 110 },
    });
  });

  it("drops, replaces, answers and closes as it is told", async () => {
    const { port } = await kept(
      relayServer((await echoServer()).port, {
        inspect: (message, direction) => {
          if (direction === "down" || message === "pass") return { kind: "pass" };
          if (message === "drop") return { kind: "drop" };
          if (message === "replace") return { kind: "replace", message: "replaced" };
          if (message === "answer") return { kind: "answer", message: "answered" };
          throw new GatewayError("policy_denied", "no");
        },
      }),
    );
    const client = await opened(port);
    const heard: string[] = [];
    client.on("message", (data) => heard.push(textOf(data)));
    for (const text of ["answer", "drop", "replace"]) client.send(text);
    await expect.poll(() => heard).toEqual(["answered", "replaced"]);
    client.send("close");
    expect(await closeOf(client)).toEqual([1008, "policy_denied"]);
  });

  it("tells a drain as 1012, and of an upstream that broke off as 1011", async () => {
    const relay = told<Relay>();
    const upstream = await kept(
      socketServer((connection) => {
        const socket = echo(connection);
        connection.socket.on("data", (chunk) => {
          if (chunk.length > 1000) socket.destroy();
        });
      }),
    );
    const { port } = await kept(relayServer(upstream.port, { onRelay: relay.resolve }));
    const client = await opened(port);
    (await relay.promise).stop(drainReason);
    expect(await closeOf(client)).toEqual([1012, "draining"]);
    const second = await opened(port);
    second.send("x".repeat(2000));
    expect(await closeOf(second)).toEqual([1011, "upstream_stream_broken"]);
  });

  it.for([
    ["idle", { idle: milliseconds(50) }],
    ["lifetime", { lifetime: milliseconds(50) }],
  ] as const)("ends by its limit: %s", async ([reason, limits]) => {
    const { port } = await kept(relayServer((await echoServer()).port, { limits }));
    expect(await closeOf(await opened(port))).toEqual([1001, reason]);
  });

  it("holds a client that does not read: little waits, and it is closed as slow", async () => {
    const ending = told<RelayEnding>();
    const flood = await kept(
      socketServer((connection) => {
        const socket = echo(connection);
        const fill = (): void => {
          for (let count = 0; count < 64 && socket.send(Buffer.alloc(65_536)); count += 1) continue;
        };
        const timer = setInterval(fill, 5);
        connection.socket.on("close", () => clearInterval(timer));
      }),
    );
    const { port } = await kept(
      relayServer(flood.port, {
        limits: { stall: milliseconds(300) },
        messages: { closeTimeout: milliseconds(100) },
        onEnd: ending.resolve,
      }),
    );
    const client = await wireClient({ port });
    client.socket.pause();
    const end = await ending.promise;
    expect(end).toMatchObject({ cause: "slow", code: 1013 });
    // What the operating system holds, 1 MiB that waits, and what was on its way.
    expect(end.counts.bytesDown).toBeLessThan(32 * 1_048_576);
    client.socket.destroy();
  });

  it("cuts off a peer that answers no pings", async () => {
    const ending = told<RelayEnding>();
    const { port } = await kept(
      relayServer((await echoServer()).port, {
        messages: { pingInterval: milliseconds(30) },
        onEnd: ending.resolve,
      }),
    );
    const client = await wireClient({ port });
    expect(await ending.promise).toMatchObject({ cause: "client", code: 1006, reason: "no answer to pings" });
    expect(client.heard.pings).toBeLessThanOrEqual(2);
  });

  it("holds a flood of tiny fragments and pings within bounds", async () => {
    const { port } = await kept(relayServer((await echoServer()).port));
    const client = await wireClient({ port });
    const pings = Buffer.concat(
      Array.from({ length: 500 }, () => frameBytes({ opcode: 9, payload: "p".repeat(120) })),
    );
    client.socket.write(frameBytes({ opcode: 1, payload: "x", fin: false }));
    const more = (): void => {
      while (client.heard.closeCode === undefined && client.socket.writable) {
        client.socket.write(frameBytes({ opcode: 0, payload: "x", fin: false }));
        if (!client.socket.write(pings)) break;
      }
    };
    client.socket.on("drain", more);
    more();
    await client.until((heard) => heard.closeCode !== undefined);
    expect(client.heard.closeCode).toBe(1008);
    client.socket.destroy();
  });

  it("serves python3-websockets, compression offered", async () => {
    const { port } = await kept(relayServer((await echoServer()).port));
    const script = `
import asyncio, sys
try:
    import websockets
except ImportError:
    print("absent"); sys.exit(0)
async def main():
    async with websockets.connect("ws://127.0.0.1:${port}/") as socket:
        await socket.send("hi"); a = await socket.recv()
        await socket.send(b"\\x00\\xff" * 100000); b = await socket.recv()
        await (await socket.ping())
        print(a, len(b))
asyncio.run(main())
`;
    const python = spawn("/usr/bin/python3", ["-c", script]);
    let output = "";
    python.stdout.on("data", (chunk) => (output += String(chunk)));
    python.stderr.on("data", (chunk) => (output += String(chunk)));
    python.on("error", () => (output = "absent"));
    await once(python, "close");
    expect(["hi 200000", "absent"]).toContain(output.trim());
  });
});

describe("a tunnel", () => {
  it("copies everything, counts, and ends when one side ends", async () => {
    const ending = told<TunnelEnding>();
    const { port } = await kept(tunnelServer((await echoServer()).port, ending.resolve));
    const client = await opened(port);
    const body = Buffer.alloc(1_000_000, 7);
    client.send(body);
    const [data]: unknown[] = await once(client, "message");
    expect(Buffer.isBuffer(data) && data.equals(body)).toBe(true);
    client.close(1000);
    const end = await ending.promise;
    expect(end.bytesUp).toBeGreaterThan(1_000_000);
    expect(end.bytesDown).toBeGreaterThan(1_000_000);
  });
});
