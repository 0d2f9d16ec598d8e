import { gzipSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CompleteRequestSchema,
  CompleteResponseSchema,
  StreamPartSchema,
} from "../../src/platform/protobuf/generated/ai/v1/chat_pb.ts";
import { type AiStand, aiStand, asked } from "../support/grpc/ai-stand.ts";
import { grpcJsClient } from "../support/grpc/own-clients.ts";
import { prefixed, rawOwn } from "../support/grpc/raw-own.ts";

let stand: AiStand;
beforeAll(async () => {
  stand = await aiStand();
});
afterAll(async () => stand[Symbol.asyncDispose]());

const complete = {
  path: "/ai.v1.ChatService/Complete",
  asks: CompleteRequestSchema,
  tells: CompleteResponseSchema,
};
const streamed = {
  path: "/ai.v1.ChatService/StreamComplete",
  asks: CompleteRequestSchema,
  tells: StreamPartSchema,
};
const bytesOf = (model: string): Uint8Array =>
  toBinary(CompleteRequestSchema, create(CompleteRequestSchema, asked(model)));
const keyed = () => ({ authorization: `Bearer ${stand.gateway.key}` });

describe("a client of grpc-js", () => {
  it("gets an answer and a stream", async () => {
    const client = grpcJsClient(stand.origin, stand.gateway.key);
    const whole = await client.ask(complete, asked("m-1"));
    expect(whole).toMatchObject({ code: 0, messages: [{ model: "m-1", costNanoUsd: 15_000n }] });
    expect(whole.leading).toMatchObject({ "x-sallyport-deployment": "chat" });
    const parts = await client.ask(streamed, asked("m-1"), { isStream: true });
    expect(parts.code).toBe(0);
    expect(parts.messages.at(-1)).toMatchObject({
      kind: { case: "finish", value: { usage: { input: 9, output: 3 }, costNanoUsd: 15_000n } },
    });
    client.close();
  });

  it("that cancels ends the provider's work at once, and its call is counted as far as it came", async () => {
    const client = grpcJsClient(stand.origin, stand.gateway.key);
    const ordinal = stand.upstream.calls().length;
    let leftAt = 0;
    const told = await client.ask(streamed, asked("endless"), {
      isStream: true,
      onMessage: (cancel) => {
        leftAt ||= performance.now();
        cancel();
      },
    });
    expect(told.code).toBe(1);
    const { closedAt } = await stand.upstream.call(ordinal);
    expect((await closedAt) - leftAt).toBeLessThan(1000);
    const record = await stand.recordOf(told.leading["x-sallyport-request-id"]);
    expect(record).toMatchObject({ outcome: "aborted", usage: { basis: "estimated" }, isStream: true });
    client.close();
  });

  it("is told in trailers what it had asked for too late, at the time that it gave", async () => {
    for (const [path, model] of [
      [complete.path, "silent"],
      [streamed.path, "endless"],
    ] as const) {
      const told = await rawOwn(stand.origin, path, {
        headers: { ...keyed(), "grpc-timeout": "300m" },
        body: prefixed(bytesOf(model)),
      });
      expect(told.code).toBe(4);
      expect(told.tookMs).toBeGreaterThan(290);
      expect(told.tookMs).toBeLessThan(1000);
      const record = await stand.recordOf(told.head["x-sallyport-request-id"]);
      expect(record).toMatchObject({ outcome: "failed", code: "deadline_exceeded" });
    }
  });
});

describe("messages that are none", () => {
  const good = (): Buffer => prefixed(bytesOf("m-1"));
  it.for<{ name: string; body: () => Buffer; code: number; headers?: Record<string, string>; isOpen?: true }>(
    [
      { name: "no message", body: () => Buffer.alloc(0), code: 12 },
      {
        name: "two messages, before their client says that it ends",
        body: () => Buffer.concat([good(), good()]),
        code: 12,
        isOpen: true,
      },
      { name: "a flag that there is not", body: () => prefixed(bytesOf("m-1"), 7), code: 13 },
      { name: "compression without a name", body: () => prefixed(bytesOf("m-1"), 1), code: 13 },
      {
        name: "compression",
        body: () => prefixed(bytesOf("m-1"), 1),
        code: 12,
        headers: { "grpc-encoding": "br" },
      },
      {
        name: "gzip that is none",
        body: () => prefixed(bytesOf("m-1"), 1),
        code: 13,
        headers: { "grpc-encoding": "gzip" },
      },
      {
        name: "gzip that holds too much",
        body: () => prefixed(gzipSync(Buffer.alloc(100_000_000)), 1),
        code: 8,
        headers: { "grpc-encoding": "gzip" },
      },
      { name: "half a message", body: () => good().subarray(0, 9), code: 13 },
      {
        name: "a message too large, by its prefix alone",
        body: () => Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]),
        code: 8,
        isOpen: true,
      },
      { name: "bytes that are no protobuf", body: () => prefixed(Buffer.from([0xff])), code: 3 },
      {
        name: "a time that is none",
        body: good,
        code: 3,
        headers: { "grpc-timeout": "soon" },
      },
      {
        name: "a message under a name of compression that it has not",
        body: good,
        code: 0,
        headers: { "grpc-encoding": "gzip" },
      },
    ],
  )("are refused: $name", async ({ body, code, headers = {}, isOpen = false }) => {
    const told = await rawOwn(stand.origin, complete.path, {
      headers: { ...keyed(), ...headers },
      body: body(),
      isOpen,
    });
    expect(told.head[":status"]).toBe(200);
    expect(told.code).toBe(code);
  });

  it("are taken from gzip", async () => {
    const told = await rawOwn(stand.origin, complete.path, {
      headers: { ...keyed(), "grpc-encoding": "gzip" },
      body: prefixed(gzipSync(bytesOf("m-1")), 1),
    });
    expect(told.code).toBe(0);
    expect(told.head["grpc-accept-encoding"]).toBe("identity,gzip");
  });

  it("have the room of all bodies, and no more", async () => {
    await using narrow = await aiStand(
      "server: { limits: { bodyBytesMax: 1048576, bodiesBytesMax: 1048576 } }",
    );
    const half = prefixed(Buffer.alloc(1_000_000)).subarray(0, 600_000);
    const call = () =>
      rawOwn(narrow.origin, complete.path, {
        headers: { authorization: `Bearer ${narrow.gateway.key}` },
        body: half,
        isOpen: true,
      });
    const calls = [call(), call()];
    expect((await Promise.race(calls)).code).toBe(14);
    void Promise.allSettled(calls);
  });

  it("are looked at for a known caller only", async () => {
    const told = await rawOwn(stand.origin, complete.path, { body: Buffer.from([9, 9, 9, 9, 9]) });
    expect(told.code).toBe(16);
  });
});

describe("other calls", () => {
  const post = (path: string, contentType: string, body: string) =>
    fetch(`${stand.origin}${path}`, {
      method: "POST",
      headers: { ...keyed(), "content-type": contentType },
      body,
    });

  it("of a method that there is not are told so", async () => {
    const told = await rawOwn(stand.origin, "/ai.v1.ChatService/Sing", { headers: keyed(), body: good() });
    expect(told.code).toBe(12);
  });

  it("for a host that is not served are told so in the client's own words", async () => {
    await using other = await aiStand("server: { hosts: [other.example] }");
    const told = await rawOwn(other.origin, complete.path, { body: good() });
    expect(told).toMatchObject({ code: 3, head: { ":status": 200, "x-sallyport-error": "misdirected" } });
    expect(String(told.head["grpc-message"])).toContain("host");
    const { stages } = await other.recordOf(told.head["x-sallyport-request-id"]);
    expect(stages.map(({ reason }) => reason)).toContain("misdirected in ai-v1");
  });

  it("are JSON by hand, in any form that protobuf allows", async () => {
    const told = await post(
      complete.path,
      "application/json",
      '{"model":"chat/m-1","messages":[{"role":"ROLE_USER","parts":[{"text":{"text":"hi"}}]}],"sampling":{"output_tokens_max":5}}',
    );
    expect(told.status).toBe(200);
    expect(told.headers.get("content-type")).toBe("application/json");
    expect(await told.json()).toMatchObject({
      model: "m-1",
      parts: [{ text: { text: "héllo 🙂" } }],
      finish: { reason: "FINISH_REASON_STOP", raw: "stop" },
      usage: { input: 9, output: 3 },
      costNanoUsd: "15000",
    });
  });

  it("are told in JSON what is no message", async () => {
    const told = await post(complete.path, "application/json", '{"model":7}');
    expect(told.status).toBe(400);
    expect(await told.json()).toMatchObject({ code: "invalid_argument" });
  });

  it("of Connect name the kind of answer that the method has", async () => {
    expect((await post(streamed.path, "application/json", "{}")).status).toBe(415);
    expect((await post(complete.path, "application/connect+json", "")).status).toBe(415);
  });

  it("are gRPC-Web in text, with its trailers in the body", async () => {
    const told = await post(
      complete.path,
      "application/grpc-web-text",
      prefixed(bytesOf("m-1")).toString("base64"),
    );
    const body = Buffer.from(await told.text(), "base64");
    const length = body.readUInt32BE(1);
    expect(fromBinary(CompleteResponseSchema, body.subarray(5, 5 + length)).model).toBe("m-1");
    expect(body.subarray(5 + length)[0]).toBe(0x80);
    expect(body.subarray(10 + length).toString()).toContain("grpc-status:0");
  });

  it("under another spelling of the path are none of the service", async () => {
    const told = await rawOwn(stand.origin, "/ai.v1.ChatService/%43omplete", {
      headers: keyed(),
      body: good(),
    });
    expect(told.code).toBe(12);
  });
  const good = (): Buffer => prefixed(bytesOf("m-1"));
});

describe("a gateway that closes", () => {
  it("tells streams that outlive its drain so, behind what they have heard", async () => {
    await using closing = await aiStand();
    const client = grpcJsClient(closing.origin, closing.gateway.key);
    const heard = Promise.withResolvers<void>();
    const told = client.ask(streamed, asked("endless"), { isStream: true, onMessage: () => heard.resolve() });
    await heard.promise;
    await closing.gateway.booted.close(50);
    expect(await told).toMatchObject({ code: 14, messages: [{}, {}, {}] });
    client.close();
  });
});

describe("routes of the configuration", () => {
  /** The route that takes a call; `undefined`: it is the gateway's own. */
  const takenBy = async (route: string): Promise<string | undefined> => {
    await using other = await aiStand(`
services: { dead: { baseUrl: "http://127.0.0.1:1" } }
routes: { operators: { ${route}, service: dead } }
`);
    const told = await rawOwn(other.origin, complete.path, {
      headers: { authorization: `Bearer ${other.gateway.key}` },
      body: prefixed(bytesOf("m-1")),
    });
    return (await other.recordOf(told.head["x-sallyport-request-id"])).route;
  };

  it.for([
    { name: "of gRPC, whatever they take", route: "protocol: grpc, path: /*" },
    { name: "that name the service", route: 'path: "/ai.v1.ChatService/*"' },
  ])("go before the gateway's own services: $name", async ({ route }) => {
    expect(await takenBy(route)).toBe("operators");
  });

  it("do not where they only take everything else", async () => {
    expect(await takenBy("path: /*")).toBeUndefined();
  });
});
