/** Calls of gRPC through Debian's proxies, in front of the gateway and behind it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { type EchoServer, openEchoServer } from "../support/grpc/echo-server.ts";
import { gatewayBefore } from "../support/grpc/grpc-gateway.ts";
import { type JsAsk, type JsCall, jsClient } from "../support/grpc/js-client.ts";
import {
  callsOfPython,
  comparable,
  isGrpcioMissing,
  type PythonCall,
  type PythonCalls,
  pythonCalls,
} from "../support/grpc/python.ts";
import {
  caddyServer,
  haproxyServer,
  isMissing,
  nghttpxServer,
  nginxServer,
  type PeerServer,
} from "../support/peers.ts";

const names = ["nginx", "haproxy", "caddy", "nghttpx"] as const;
type Name = (typeof names)[number];
const missing = names.filter(isMissing);
const isPythonMissing = isGrpcioMissing();

/** A proxy from an address of its own to `port`, HTTP/2 without TLS on both sides. */
const peerTo: Readonly<Record<Name, (port: number) => Promise<PeerServer>>> = {
  nginx: (port) =>
    nginxServer(`location / { grpc_pass grpc://127.0.0.1:${port}; }`, "client_max_body_size 0;", "http2"),
  haproxy: (port) => haproxyServer(port, "proto h2", "proto h2"),
  caddy: (port) => caddyServer(`reverse_proxy h2c://127.0.0.1:${port} {\nflush_interval -1\n}`),
  nghttpx: nghttpxServer,
};

const utf8 = "héllo «κόσμε» 🙂";
const calls: readonly (JsAsk & { readonly name: string })[] = [
  { name: "one message", kind: "unary", messages: [{ text: utf8 }] },
  { name: "a failure", kind: "unary", messages: [{ text: "a", fail: 9, count: 1 }] },
  { name: "a failure without a head", kind: "unary", messages: [{ text: "a", fail: 5 }] },
  { name: "a stream of the server", kind: "server", messages: [{ text: utf8, count: 100 }] },
  { name: "an empty stream", kind: "server", messages: [{ text: "m", count: 0 }] },
  { name: "a stream that fails", kind: "server", messages: [{ text: "m", count: 3, fail: 10 }] },
  { name: "a stream of the client", kind: "client", messages: [{ text: "a" }, { text: "b" }] },
  { name: "a talk", kind: "bidi", messages: [{ text: "1" }, { text: "2" }, { text: "3" }] },
  { name: "8 MiB", kind: "unary", messages: [{ text: "x".repeat(8 * 1024 * 1024) }] },
  { name: "20,000 messages", kind: "server", messages: [{ text: "m", count: 20_000 }] },
];

/** What proxies add; nginx tells a head that is the end that nothing follows. */
const ofOthers = /^(?:x-sallyport-.*|date|server|via|content-length)$/;
const others = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !ofOthers.test(name)));
/** What neither the gateway nor a proxy says of itself. */
const ofService = ({ leading, trailing, ...call }: JsCall) => ({
  ...call,
  leading: others(leading),
  trailing: others(trailing),
});
/**
 * Caddy now and then resets a call whose service has ended it before its request, and the end is lost: with the gateway
 * and without it. What was lost so is asked again.
 */
async function steady<Told>(ask: () => Promise<Told>, isLost: (told: Told) => boolean): Promise<Told> {
  for (let times = 1; times < 5; times += 1) {
    const told = await ask();
    if (!isLost(told)) return told;
  }
  return ask();
}
const hasLost = (told: PythonCalls): boolean =>
  Object.values(told).some(({ details }) => details === "Stream removed");
const portOf = (origin: string): number => Number(new URL(origin).port);

describe.skipIf(missing.length > 0).for(names)("%s", (name) => {
  let server: EchoServer;
  let gateway: BootedGateway;
  let behindGateway: BootedGateway;
  let alone: PeerServer;
  let front: PeerServer;
  beforeAll(async () => {
    server = await openEchoServer();
    alone = await peerTo[name](portOf(server.origin));
    gateway = await gatewayBefore(server.origin, "{ messageBytesMax: 9000000 }");
    behindGateway = await gatewayBefore(alone.url, "{ messageBytesMax: 9000000 }");
    front = await peerTo[name](gateway.port);
  });
  afterAll(async () => {
    for (const one of [front, behindGateway, gateway, alone]) await one[Symbol.asyncDispose]();
    server.close();
  });

  const asked = async (origin: string, key: string | undefined, ask: JsAsk) => {
    const client = jsClient(origin, key);
    const call = await client.ask(ask);
    client.close();
    return ofService(call);
  };

  it.for(calls)("in front of the gateway and behind it, $name: as the proxy alone", async (ask) => {
    const code = ask.messages[0]?.fail ?? 0;
    const told = (origin: string, key?: string) =>
      steady(
        () => asked(origin, key, ask),
        (call) => call.code !== code,
      );
    const direct = await told(alone.url);
    expect(direct.code).toBe(code);
    expect(await told(front.url, gateway.key)).toEqual(direct);
    expect(await told(`http://127.0.0.1:${behindGateway.port}`, behindGateway.key)).toEqual(direct);
  });

  it("in front: a deadline, and a call that is given up, reach the service", async () => {
    const open = { kind: "bidi", messages: [{ text: "a" }], staysOpen: true } as const;
    const before = server.cancels.length;
    expect(await asked(front.url, gateway.key, { ...open, deadlineMs: 1500 })).toMatchObject({
      code: 4,
      texts: ["a"],
    });
    await expect.poll(() => server.cancels.length).toBe(before + 1);
    const givenUp = await asked(front.url, gateway.key, { ...open, onText: (_text, cancel) => cancel() });
    expect(givenUp.code).toBe(1);
    await expect.poll(() => server.cancels.length).toBe(before + 2);
  });

  it.skipIf(isPythonMissing)("in front: calls of python3-grpcio end as with the proxy alone", async () => {
    const direct = await steady(() => callsOfPython(alone.url), hasLost);
    const passed = await steady(() => callsOfPython(front.url, gateway.key), hasLost);
    for (const one of pythonCalls) {
      const kept = (call: PythonCall) => {
        const told = comparable(call);
        const filtered = (list: PythonCall["leading"]) => list.filter(([field]) => !ofOthers.test(field));
        return { ...told, leading: filtered(told.leading), trailing: filtered(told.trailing) };
      };
      // Without the gateway a service that gives the call up at its deadline may be heard first, as CANCELLED.
      if (one === "a deadline") expect(passed[one].code).toBe("DEADLINE_EXCEEDED");
      else expect([one, kept(passed[one])]).toEqual([one, kept(direct[one])]);
    }
  });
});
