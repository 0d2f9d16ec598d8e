import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import {
  framed,
  lastChunk,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../support/raw-upstream.ts";
import { messageStart, messageStop, messageText } from "../support/stream-frames.ts";

const told = (text: string): string =>
  JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5",
    content: [
      { type: "thinking", thinking: "Hm.", signature: "c2ln" },
      { type: "text", text },
    ],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  });
const openaiAnswer = (id: string, sealed?: string): string =>
  JSON.stringify({
    id,
    object: "response",
    created_at: 1,
    status: "completed",
    model: "gpt-5",
    output: [
      ...(sealed === undefined
        ? []
        : [{ type: "reasoning", id: sealed, summary: [], encrypted_content: "gAAA" }]),
      {
        type: "message",
        id: "msg_2",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hi.", annotations: [] }],
      },
    ],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  });

let claude: RawUpstream;
let first: RawUpstream;
let second: RawUpstream;
let isFirstDown = false;
let gateway: BootedGateway;
let client: OpenAI;
let other: OpenAI;

beforeAll(async () => {
  claude = await rawUpstream(({ socket, body }) => {
    if (!body.includes('"stream":true'))
      socket.write(wholeAnswer(200, told(`answer ${claude.calls().length}`)));
    else socket.write(streamHead + framed(messageStart + messageText("streamed") + messageStop) + lastChunk);
  });
  first = await rawUpstream(({ socket }) =>
    socket.write(
      isFirstDown ? wholeAnswer(503, "{}") : wholeAnswer(200, openaiAnswer("resp_first", "rs_first")),
    ),
  );
  second = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, openaiAnswer("resp_second"))));
  gateway = await bootGateway(`
providers:
  claude: { dialect: anthropic-messages, baseUrl: "${claude.url}" }
  first: { dialect: openai-responses, baseUrl: "${first.url}/v1" }
  second: { dialect: openai-responses, baseUrl: "${second.url}/v1" }
models:
  pool: [first/gpt-5, second/gpt-5]
`);
  const clientOf = (apiKey: string) =>
    new OpenAI({ apiKey, baseURL: `http://127.0.0.1:${gateway.port}/v1`, maxRetries: 0 });
  client = clientOf(gateway.key);
  const { key } = await gateway.booted.control.keys.create({ name: "other", models: [] });
  other = clientOf(key);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [claude, first, second]) await upstream[Symbol.asyncDispose]();
});

const model = "claude/claude-sonnet-4-5";
const textsIn = (content: readonly { readonly type: string }[]): readonly string[] =>
  content.map((part) => ("text" in part ? String(part.text) : ""));
const lastBody = (upstream: RawUpstream) => JSON.parse(upstream.calls().at(-1)?.body ?? "{}");

describe("previous_response_id at a provider that keeps no answers", () => {
  it("goes on from a kept answer: Claude gets the whole conversation, its own thought included", async () => {
    const begun = await client.responses.create({ model, input: "One.", instructions: "Be brief." });
    const next = await client.responses.create({ model, input: "Two.", previous_response_id: begun.id });
    expect(next.previous_response_id).toBe(begun.id);
    const third = await client.responses.create({ model, input: "Three.", previous_response_id: next.id });
    const { system, messages } = lastBody(claude);
    expect(system).toBeUndefined();
    expect(messages.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
    ]);
    expect(messages[1].content).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "c2ln" },
      { type: "text", text: begun.output_text },
    ]);
    expect(JSON.stringify(messages)).toMatch(/One\..*Two\..*Three\./);
    expect(third.output_text).toMatch(/^answer/);
  });

  it("goes on from a streamed one", async () => {
    const stream = client.responses.stream({ model, input: "One." });
    const begun = await stream.finalResponse();
    await client.responses.create({ model, input: "Two.", previous_response_id: begun.id });
    expect(JSON.stringify(lastBody(claude).messages[1])).toContain("streamed");
  });

  it("gives a kept answer, its input items in both orders, and deletes it", async () => {
    const begun = await client.responses.create({ model, input: "One." });
    const next = await client.responses.create({ model, input: "Two.", previous_response_id: begun.id });
    expect(await client.responses.retrieve(next.id)).toEqual({ ...next, output_text: expect.any(String) });
    const texts = async (query: OpenAI.Responses.InputItemListParams) => {
      const items = [];
      for await (const item of client.responses.inputItems.list(next.id, query)) items.push(item);
      expect(items.every(({ id }) => typeof id === "string")).toBe(true);
      return items.flatMap((item) => (item.type === "message" ? textsIn(item.content) : []));
    };
    expect(await texts({ order: "asc", limit: 1 })).toEqual(["One.", begun.output_text, "Two."]);
    expect(await texts({})).toEqual(["Two.", begun.output_text, "One."]);
    await client.responses.delete(next.id);
    await expect(client.responses.retrieve(next.id)).rejects.toMatchObject({ status: 404 });
  });

  it.for([
    { name: "for another key", id: "kept", key: "other", store: true },
    { name: "that its client did not want kept", id: "kept", key: "own", store: false },
    { name: "that never was", id: "resp_sp10123456789abcdefghijkl", key: "own", store: true },
  ])("knows no answer $name", async ({ id, key, store }) => {
    const begun = await client.responses.create({ model, input: "One.", store });
    const asker = key === "own" ? client : other;
    const asked = id === "kept" ? begun.id : id;
    await expect(asker.responses.retrieve(asked)).rejects.toMatchObject({ status: 404 });
    await expect(
      asker.responses.create({ model, input: "Two.", previous_response_id: asked }),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("previous_response_id"),
    });
  });

  it("names a fault in the client's own items by their own place", async () => {
    const begun = await client.responses.create({ model, input: "One." });
    const input = [
      { type: "message", role: "user", content: 7 },
    ] as unknown as OpenAI.Responses.ResponseInput;
    await expect(
      client.responses.create({ model, input, previous_response_id: begun.id }),
    ).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("input[0]"),
    });
  });
});

describe("rule 14: what a provider keeps", () => {
  it("is asked of the account that made it, whatever the pool prefers; another is never asked", async () => {
    isFirstDown = true;
    const begun = await client.responses.create({ model: "pool", input: "One." });
    expect(begun.id).toBe("resp_second");
    isFirstDown = false;
    const asked = first.calls().length;
    await client.responses.create({ model: "pool", input: "Two.", previous_response_id: begun.id });
    expect(first.calls()).toHaveLength(asked);
    expect(lastBody(second)).toMatchObject({ previous_response_id: "resp_second" });
    expect(await client.responses.retrieve(begun.id)).toMatchObject({ id: "resp_second" });
    expect(second.calls().at(-1)?.head).toMatch(/^GET \/v1\/responses\/resp_second /);
    await expect(
      client.responses.create({ model, input: "Two.", previous_response_id: begun.id }),
    ).rejects.toMatchObject({ status: 503 });
  });

  it("stays behind when the account cannot answer an open tool loop, declared, and goes on without it", async () => {
    await client.responses.create({ model: "pool", input: "One." });
    const loop: OpenAI.Responses.ResponseInput = [
      { role: "user", content: "One." },
      { type: "reasoning", id: "rs_first", summary: [], encrypted_content: "gAAA" },
      { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "call_1", output: "1" },
    ];
    isFirstDown = true;
    const { response } = await client.responses
      .create({ model: "pool", input: loop, store: false })
      .withResponse();
    isFirstDown = false;
    expect(JSON.stringify(lastBody(second))).not.toContain("gAAA");
    expect(response.headers.get("x-sallyport-warnings")).toContain("continuity-lost");
    await client.responses.create({ model: "pool", input: loop, store: false });
    expect(JSON.stringify(lastBody(first))).toContain("gAAA");
  });
});
