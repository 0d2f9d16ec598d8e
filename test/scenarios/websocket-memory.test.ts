import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { echo, socketServer, type TestServer } from "../support/websocket-servers.ts";
import { frameBytes, type WireClient, wireClient } from "../support/websocket-wire.ts";

const mebibyte = 1_048_576;
/** What a gateway at work may grow by for its collector's sake, whatever it holds. */
const slackBytes = 120 * mebibyte;

let echoes: TestServer;
let flood: TestServer;
let gateway: RunningGateway;
/** Bytes that the flood has handed over, by the path that was asked for. */
const sent: Record<string, number> = {};

beforeAll(async () => {
  echoes = await socketServer((connection) => void echo(connection));
  flood = await socketServer((connection, { url = "" }) => {
    const socket = echo(connection);
    const piece = Buffer.alloc(65_536, 1);
    const more = (): void => {
      for (let count = 0; count < 16; count += 1) {
        socket.send(piece);
        sent[url] = (sent[url] ?? 0) + piece.length;
      }
    };
    const timer = setInterval(() => {
      if (socket.waitingBytes() < 4 * mebibyte) more();
    }, 1);
    connection.socket.on("close", () => clearInterval(timer));
  });
  gateway = await runGateway({
    config: `
services:
  echoes: { baseUrl: "http://127.0.0.1:${echoes.port}" }
  flood: { baseUrl: "http://127.0.0.1:${flood.port}" }
routes:
  inspect: { protocol: websocket, path: /inspect, service: echoes, websocket: { mode: inspect } }
  slow-inspect: { protocol: websocket, path: /slow/inspect, service: flood, websocket: { mode: inspect } }
  slow-tunnel: { protocol: websocket, path: /slow/tunnel, service: flood }
`,
  });
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await Promise.all([echoes.close(), flood.close()]);
});

/** Resident memory of the gateway's process. */
const rssBytes = (): number => {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${gateway.child.pid}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) * 1024;
};
const open = (path: string): Promise<WireClient> =>
  wireClient({
    port: Number(new URL(gateway.url).port),
    path,
    headers: [`Authorization: Bearer ${gateway.clientKey}`],
  });
const crowd = (path: string, count: number): Promise<readonly WireClient[]> =>
  Promise.all(Array.from({ length: count }, () => open(path)));

it("a flood of tiny fragments on 20 sockets is cut off by its fragments, and little memory is held for it", async () => {
  const clients = await crowd("/inspect", 20);
  const before = rssBytes();
  let peak = before;
  const fragments = Buffer.concat(
    Array.from({ length: 2000 }, () => frameBytes({ opcode: 0, payload: "x", fin: false })),
  );
  await Promise.all(
    clients.map(async ({ socket, until, heard }) => {
      socket.write(frameBytes({ opcode: 1, payload: "x", fin: false }));
      socket.write(fragments);
      await until(({ closeCode }) => closeCode !== undefined);
      peak = Math.max(peak, rssBytes());
      expect(heard.closeCode).toBe(1008);
      socket.destroy();
    }),
  );
  expect(peak - before).toBeLessThan(slackBytes);
}, 60_000);

it.for(["inspect", "tunnel"] as const)(
  "10 clients that read nothing hold no flood in memory: %s",
  { timeout: 60_000 },
  async (mode) => {
    const before = rssBytes();
    const handed = (): number => sent[`/slow/${mode}`] ?? 0;
    const clients = await crowd(`/slow/${mode}`, 10);
    for (const { socket } of clients) socket.pause();
    // The upstream stops once nobody takes more: then all that is held is held.
    let last = -1;
    let peak = before;
    await expect
      .poll(
        () => {
          const isStill = handed() === last;
          last = handed();
          peak = Math.max(peak, rssBytes());
          return isStill;
        },
        { interval: 1000, timeout: 25_000 },
      )
      .toBe(true);
    expect(handed()).toBeGreaterThan(10 * mebibyte);
    expect(peak - before).toBeLessThan(slackBytes);
    for (const { socket } of clients) socket.destroy();
  },
);
