import { on, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RealtimeServer, realtimeServer } from "../support/realtime-server.ts";
import { testTls } from "../support/test-tls.ts";

const directory = mkdtempSync(join(tmpdir(), "sallyport-realtime-"));
let upstream: RealtimeServer;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await realtimeServer();
  writeFileSync(join(directory, "cert.pem"), testTls.serverCert);
  writeFileSync(join(directory, "key.pem"), testTls.serverKey);
  gateway = await bootGateway(`
allowLiteralSecrets: true
server: { tls: { certFile: "${directory}/cert.pem", keyFile: "${directory}/key.pem" } }
providers:
  voices: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${upstream.port}/v1", key: upstream-secret, models: ["gpt-realtime*", "unpriced"] }
models:
  voice: [voices/gpt-realtime]
pricing:
  rows:
    - match: { provider: voices, model: "gpt-realtime*" }
      usdPerMillion: { input: 4, cacheRead: 0.4, inputAudio: 32, output: 16, outputAudio: 64 }
      source: test
realtime: { sessionUsdMax: 0.008 }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

/** OpenAI's own client, which speaks TLS alone. */
const session = (apiKey: string, model = "gpt-realtime"): OpenAIRealtimeWS =>
  new OpenAIRealtimeWS(
    {
      model,
      options: { ca: testTls.authority },
      buildRealtimeURL: () => new URL(`wss://127.0.0.1:${gateway.port}/v1/realtime?model=${model}`),
    },
    new OpenAI({ apiKey, baseURL: `https://127.0.0.1:${gateway.port}/v1` }),
  );

it("meters each response of a session, and ends it within a second once it has cost too much", async () => {
  const realtime = session(gateway.key, "voice");
  const done: string[] = [];
  const failed = new Promise<unknown>((resolve) => realtime.on("error", resolve));
  realtime.on("session.created", () => realtime.send({ type: "response.create" }));
  let lastAt = 0;
  realtime.on("response.done", ({ response }) => {
    done.push(response.status ?? "");
    lastAt = performance.now();
    realtime.send({ type: "response.create" });
  });
  const [code, reason]: unknown[] = await once(realtime.socket, "close");
  expect([code, String(reason)]).toEqual([1008, "budget_exhausted"]);
  expect(performance.now() - lastAt).toBeLessThan(1000);
  expect(await failed).toMatchObject({ error: { code: "insufficient_quota" } });
  // Text 28 at 4, cached 32 at 0.4, audio 40 at 32; out text 10 at 16, audio 40 at 64: two responses pass the bound.
  expect(done).toEqual(["completed", "completed"]);
  const seen = upstream.sessions.at(-1);
  expect(seen).toMatchObject({
    target: "/v1/realtime?model=gpt-realtime",
    authorization: "Bearer upstream-secret",
  });
  const records = await gateway.records(3);
  const responses = records.filter(({ status }) => status === 200);
  expect(responses).toHaveLength(2);
  for (const record of responses)
    expect(record).toMatchObject({
      dialect: "openai-realtime",
      provider: "voices",
      model: "voice",
      upstreamModel: "gpt-realtime",
      usage: { input: { total: 100, cacheRead: 32, audio: 40 }, output: { total: 50, audio: 40 } },
      cost: { nanoUsd: 4_124_800 },
    });
  expect(records.find(({ status }) => status === 101)).toMatchObject({
    outcome: "failed",
    code: "budget_exhausted",
    usage: null,
    cost: null,
  });
  expect(gateway.booted.control.sockets()).toEqual([]);
});

it("takes the key as a subprotocol, and sends it no further", async () => {
  const client = new WebSocket(
    `wss://127.0.0.1:${gateway.port}/v1/realtime?model=gpt-realtime`,
    ["realtime", `openai-insecure-api-key.${gateway.key}`],
    { ca: testTls.authority },
  );
  await once(client, "message");
  expect(client.protocol).toBe("realtime");
  expect(upstream.sessions.at(-1)).toMatchObject({
    protocols: "realtime",
    authorization: "Bearer upstream-secret",
  });
  client.send(JSON.stringify({ type: "session.update", event_id: "mine", session: { model: "other" } }));
  const [data]: unknown[] = await once(client, "message");
  expect(JSON.parse(String(data))).toMatchObject({
    type: "error",
    error: { code: "model_not_found", event_id: "mine" },
  });
  client.close(1000);
  await once(client, "close");
});

it("takes what was held for the response that a client leaves in its midst: it is made, and nobody counts it", async () => {
  const { budgets } = gateway.booted.control;
  await budgets.set("voices", { limitUsd: 10 });
  const state = () => budgets.list().find(({ budget }) => budget.id === "voices");
  const talk = async (): Promise<WebSocket> => {
    const client = new WebSocket(
      `wss://127.0.0.1:${gateway.port}/v1/realtime?model=gpt-realtime`,
      ["realtime", `openai-insecure-api-key.${gateway.key}`],
      { ca: testTls.authority },
    );
    await once(client, "message");
    return client;
  };
  const leave = async (client: WebSocket): Promise<void> => {
    client.close(1000);
    await vi.waitFor(() => expect(state()?.reserved).toBe(0n));
  };
  const heard = async (client: WebSocket, type: string): Promise<void> => {
    for await (const [data] of on(client, "message")) if (String(data).includes(`"type":"${type}"`)) return;
  };

  const idle = await talk();
  await leave(idle);
  expect(state()?.settled).toBe(0n);
  const whole = await talk();
  const isDone = heard(whole, "response.done");
  whole.send(JSON.stringify({ type: "response.create" }));
  await isDone;
  await leave(whole);
  expect(state()?.settled).toBe(4_124_800n);
  const cut = await talk();
  const isBegun = heard(cut, "response.output_audio.delta");
  cut.send(JSON.stringify({ type: "response.create", response: { instructions: "endless" } }));
  await isBegun;
  await leave(cut);
  expect(state()?.settled).toBe(4_124_800n + 250_000_000n);
  await budgets.remove("voices");
});

it("opens no session of a model without a price where a hard budget counts", async () => {
  const { budgets } = gateway.booted.control;
  const open = (): Promise<number | undefined> =>
    new Promise((resolve) => {
      const client = new WebSocket(`wss://127.0.0.1:${gateway.port}/v1/realtime?model=unpriced`, {
        ca: testTls.authority,
        headers: { authorization: `Bearer ${gateway.key}` },
      });
      client.on("error", () => undefined);
      client.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      client.on("open", () => {
        client.close(1000);
        resolve(101);
      });
    });
  await budgets.set("voices", { limitUsd: 10, kind: "soft" });
  expect(await open()).toBe(101);
  await budgets.set("voices", { limitUsd: 10 });
  expect(await open()).toBe(503);
  await budgets.remove("voices");
});

it.for([
  ["an unknown key", "sp-unknown", "gpt-realtime", 401],
  ["a model that nobody serves", undefined, "nothing", 404],
] as const)("refuses %s before it switches", async ([, key, model, status]) => {
  const client = new WebSocket(`wss://127.0.0.1:${gateway.port}/v1/realtime?model=${model}`, {
    ca: testTls.authority,
    headers: { authorization: `Bearer ${key ?? gateway.key}` },
  });
  client.on("error", () => undefined);
  const answer = await new Promise<number | undefined>((resolve) =>
    client.on("unexpected-response", (_, { statusCode }) => resolve(statusCode)),
  );
  expect(answer).toBe(status);
});
