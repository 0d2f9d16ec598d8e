import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frameCases, matchesCase, runFrameCase, sizeLimitCases } from "../support/websocket-frames.ts";
import {
  echo,
  messageLimits,
  relayServer,
  socketServer,
  type TestServer,
  tunnelServer,
} from "../support/websocket-servers.ts";

const cases = [...frameCases, ...sizeLimitCases(messageLimits.messageBytesMax)];
const servers: TestServer[] = [];
const ports = { echo: 0, relay: 0, tunnel: 0 };

beforeAll(async () => {
  const upstream = await socketServer((connection) => void echo(connection));
  const relay = await relayServer(upstream.port);
  const tunnel = await tunnelServer(upstream.port);
  servers.push(upstream, relay, tunnel);
  Object.assign(ports, { echo: upstream.port, relay: relay.port, tunnel: tunnel.port });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

describe.for(["echo", "relay", "tunnel"] as const)("frames through %s", (through) => {
  it.for(cases)("$name", async (frameCase) => {
    const heard = await runFrameCase(frameCase, { port: ports[through] });
    expect(matchesCase(frameCase, heard)).toBeUndefined();
  });
});
