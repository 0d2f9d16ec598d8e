import { Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GrpcGateway, grpcGateway, rawCall } from "../support/grpc/grpc-gateway.ts";
import { type JsAsk, type JsCall, type JsClient, jsClient } from "../support/grpc/js-client.ts";

let stand: GrpcGateway;
let direct: JsClient;
let through: JsClient;

beforeAll(async () => {
  stand = await grpcGateway("{ messageBytesMax: 9000000 }");
  direct = jsClient(stand.server.origin);
  through = jsClient(stand.origin, stand.gateway.key);
});
afterAll(async () => {
  direct.close();
  through.close();
  await stand[Symbol.asyncDispose]();
});

const both = async (ask: JsAsk): Promise<readonly [JsCall, JsCall]> => [
  await direct.ask(ask),
  await through.ask(ask),
];
/** What the gateway says of itself is no metadata of the service. */
const ofService = ({ leading, trailing, ...call }: JsCall) => ({
  ...call,
  leading: withoutOwn(leading),
  trailing: withoutOwn(trailing),
});
const withoutOwn = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => !name.startsWith("x-sallyport-") && name !== "date"),
  );

describe("calls of grpc-js end as they do without the gateway", () => {
  const utf8 = "héllo «κόσμε» 🙂";
  it.for([
    { name: "one message", kind: "unary", messages: [{ text: utf8 }] },
    { name: "a failure", kind: "unary", messages: [{ text: "a", fail: 9, count: 1 }] },
    { name: "a failure without a head", kind: "unary", messages: [{ text: "a", fail: 5 }] },
    { name: "a stream of the server", kind: "server", messages: [{ text: utf8, count: 100 }] },
    { name: "an empty stream", kind: "server", messages: [{ text: "m", count: 0 }] },
    { name: "a stream that fails", kind: "server", messages: [{ text: "m", count: 3, fail: 10 }] },
    {
      name: "a stream of the client",
      kind: "client",
      messages: [{ text: "a" }, { text: "b" }, { text: utf8 }],
    },
    { name: "a talk", kind: "bidi", messages: [{ text: "1" }, { text: "2" }, { text: "3" }] },
    { name: "8 MiB", kind: "unary", messages: [{ text: "x".repeat(8 * 1024 * 1024) }] },
    { name: "20,000 messages", kind: "server", messages: [{ text: "m", count: 20_000 }] },
  ] as const satisfies readonly (JsAsk & { name: string })[])("$name", async (ask) => {
    const [alone, passed] = await both(ask);
    expect(ofService(passed)).toEqual(ofService(alone));
    expect(passed.texts.length).toBe(alone.texts.length);
  });

  it("metadata comes in its order and untouched, without the gateway's key", async () => {
    const metadata = new Metadata();
    metadata.set("x-b", "1");
    metadata.add("x-b", "2");
    metadata.set("x-a-bin", Buffer.from([0, 255, 1]));
    metadata.set("x-sallyport-user", "forged");
    await through.ask({ kind: "unary", messages: [{ text: "a" }], metadata, deadlineMs: 5000 });
    const seen = stand.server.seen.at(-1);
    expect(seen?.get("x-b")).toEqual(["1, 2"]);
    expect(seen?.get("x-a-bin")).toEqual([Buffer.from([0, 255, 1])]);
    expect(seen?.get("authorization")).toEqual([]);
    expect(seen?.get("x-sallyport-user")).toEqual([]);
    expect(seen?.get("via")[0]).toMatch(/sallyport-/);
  });
});

describe("time", () => {
  it("ends a call at the client's deadline, and what is left of it goes on", async () => {
    const cancels = stand.server.cancels.length;
    const call = await through.ask({
      kind: "bidi",
      messages: [{ text: "a" }],
      staysOpen: true,
      deadlineMs: 300,
    });
    expect(call.code).toBe(4);
    expect(call.texts).toEqual(["a"]);
    await expect.poll(() => stand.server.cancels.length).toBe(cancels + 1);
  });

  it("ends a call at the deadline of its route, within 50 ms", async () => {
    await using own = await grpcGateway("{ deadlineMs: 300 }");
    const client = jsClient(own.origin, own.gateway.key);
    await client.ask({ kind: "unary", messages: [{ text: "warm" }] });
    await expect.poll(() => own.server.cancels.length).toBe(1);
    const startedAt = performance.now();
    const call = await client.ask({ kind: "bidi", messages: [{ text: "a" }], staysOpen: true });
    const took = performance.now() - startedAt;
    client.close();
    expect(call).toMatchObject({ code: 4, texts: ["a"] });
    expect(Math.abs(took - 300)).toBeLessThan(50);
    await expect.poll(() => own.server.cancels.length).toBe(2);
  });

  it("gives the upstream's call up within 100 ms of the client's", async () => {
    const before = stand.server.cancels.length;
    let givenUpAt = 0;
    const call = await through.ask({
      kind: "bidi",
      messages: [{ text: "a" }],
      staysOpen: true,
      onText: (_text, cancel) => {
        givenUpAt = performance.now();
        cancel();
      },
    });
    expect(call.code).toBe(1);
    await expect.poll(() => stand.server.cancels.length).toBe(before + 1);
    expect((stand.server.cancels.at(-1) ?? Number.NaN) - givenUpAt).toBeLessThan(100);
  });
});

describe("refusals are gRPC's own", () => {
  const raw = (client: { origin: string; key?: string }, path: string) =>
    rawCall(client.origin, path, client.key);

  it.for([
    { name: "a dead service", path: "/dead.v1.Service/Any", withKey: true, code: "14" },
    { name: "no such route", path: "/none.v1.Service/Any", withKey: true, code: "12" },
    { name: "no key", path: "/echo.v1.EchoService/Unary", withKey: false, code: "16" },
    { name: "no such method", path: "/echo.v1.EchoService/None", withKey: true, code: "12" },
  ])("$name: $code", async ({ path, withKey, code }) => {
    const { key } = stand.gateway;
    const told = await raw({ origin: stand.origin, ...(withKey ? { key } : {}) }, path);
    expect(told).toMatchObject({ ":status": 200, "grpc-status": code });
    expect(told["content-type"]).toMatch(/^application\/grpc/);
  });

  it("a message above the limit of its route, either way", async () => {
    await using own = await grpcGateway("{ messageBytesMax: 1000 }");
    const client = jsClient(own.origin, own.gateway.key);
    const up = await client.ask({ kind: "unary", messages: [{ text: "x".repeat(2000) }] });
    expect(up.code).toBe(8);
    // The echo adds a number to a text that itself has room.
    const down = await client.ask({ kind: "server", messages: [{ text: "x".repeat(995), count: 101 }] });
    expect(down.code).toBe(8);
    client.close();
  });
});
