import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";
import { type RealtimeServer, realtimeServer } from "../support/realtime-server.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let origin: NodeOrigin;
let graphql: Awaited<ReturnType<typeof startGraphqlServer>>;
let voices: RealtimeServer;
let gateway: BootedGateway;
const directory = mkdtempSync(join(tmpdir(), "sallyport-limits-"));
const schema = `directive @cost(weight: String!) on FIELD_DEFINITION
type Query { hello: String }
type Mutation { set: String @cost(weight: "10") }`;

beforeAll(async () => {
  origin = await nodeOrigin((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.setHeader("x-ratelimit-remaining-requests", "4999");
      response.end(chatAnswer("well"));
    });
  });
  writeFileSync(join(directory, "schema.graphql"), schema);
  graphql = await startGraphqlServer();
  voices = await realtimeServer();
  gateway = await bootGateway(`
providers:
  up: { dialect: openai-chat, baseUrl: "${origin.url}/v1", models: ["gpt-*"] }
  voices: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${voices.port}/v1", models: ["gpt-realtime"] }
services:
  hello: { baseUrl: "${new URL(graphql.url).origin}" }
routes:
  hello: { protocol: graphql, path: /graphql, service: hello, graphql: { schema: "${directory}/schema.graphql" } }
limits:
  - { id: chat, scope: [route], limit: 1, perMs: 2 s, routes: [openai-chat, anthropic-messages] }
  - { id: cost, unit: graphql_cost, limit: 15, perMs: 1 h, routes: [hello] }
  - { id: talk, unit: total_tokens, limit: 200, perMs: 1 h, routes: [realtime] }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
  await voices.close();
  graphql.close();
  rmSync(directory, { recursive: true });
});

describe("official clients", () => {
  it("OpenAI's waits as long as our headers say, longer than it would by itself", async () => {
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${gateway.port}/v1`,
      apiKey: gateway.key,
      maxRetries: 0,
    });
    const body = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hi" }] };
    const { response } = await client.chat.completions.create(body).withResponse();
    expect(response.headers.get("x-ratelimit-limit-requests")).toBe("1");
    expect(response.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    await expect(client.chat.completions.create(body)).rejects.toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
      type: "rate_limit_error",
    });
    const began = performance.now();
    // By itself it would try again within half a second, and once only.
    const second = await client.chat.completions.create(body, { maxRetries: 1 });
    expect(second.choices[0]?.message.content).toBe("well");
    expect(performance.now() - began).toBeGreaterThan(500);
  });

  it("Anthropic's does so too, and is told in its own words", async () => {
    const client = new Anthropic({
      baseURL: `http://127.0.0.1:${gateway.port}`,
      apiKey: gateway.key,
      maxRetries: 3,
    });
    const body = {
      model: "gpt-4o",
      max_tokens: 10,
      messages: [{ role: "user" as const, content: "hi" }],
    };
    const { response } = await client.messages.create(body).withResponse();
    expect(response.headers.get("anthropic-ratelimit-requests-limit")).toBe("1");
    expect(response.headers.get("anthropic-ratelimit-requests-remaining")).toBe("0");
    const reset = Date.parse(response.headers.get("anthropic-ratelimit-requests-reset") ?? "");
    expect(Math.abs(reset - Date.now())).toBeLessThan(20_000);
    await expect(client.messages.create(body, { maxRetries: 0 })).rejects.toMatchObject({
      status: 429,
      error: { error: { type: "rate_limit_error" } },
    });
    const again = await client.messages.create(body, { maxRetries: 1 });
    expect(again.content[0]).toMatchObject({ type: "text", text: "well" });
  });
});

describe("what is counted by what it costs", () => {
  it("an operation of GraphQL is charged once it was read, before anybody is asked", async () => {
    const ask = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${gateway.port}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "mutation { set }" }),
      });
    const good = await ask();
    expect(await good.json()).toEqual({ data: { set: "done" } });
    expect(good.headers.get("ratelimit-policy")).toBe('"cost";q=15;qu="sallyport-graphql-cost";w=3600');
    expect(good.headers.get("ratelimit")).toMatch(/^"cost";r=5;t=2[34]\d\d$/);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("each response of a realtime session is charged, and one too many ends it", async () => {
    const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/v1/realtime?model=gpt-realtime`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    let responses = 0;
    client.on("message", (data: Buffer) => {
      const { type }: { type?: string } = JSON.parse(data.toString());
      if (type === "response.done") responses += 1;
      if (type === "session.created" || type === "response.done")
        client.send(JSON.stringify({ type: "response.create" }));
    });
    const [code, reason]: unknown[] = await once(client, "close");
    // A response takes 150 tokens.
    expect([code, String(reason), responses]).toEqual([1008, "rate_limited", 2]);
    const next = new WebSocket(`ws://127.0.0.1:${gateway.port}/v1/realtime?model=gpt-realtime`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    });
    next.on("error", () => undefined);
    const status = await new Promise((resolve) =>
      next.on("unexpected-response", (_, answer) => resolve(answer.statusCode)),
    );
    expect(status).toBe(429);
  });
});
