import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let chat: RawUpstream;
let claude: RawUpstream;
let bedrock: RawUpstream;
let gateway: BootedGateway;

beforeAll(async () => {
  chat = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, chatAnswer("Hi."))));
  claude = await rawUpstream(({ socket }) => {
    const content = [{ type: "tool_use", id: "toolu_1", name: "f", input: {} }];
    const usage = { input_tokens: 1, output_tokens: 1 };
    const answer = {
      id: "m",
      type: "message",
      role: "assistant",
      model: "claude-1",
      content,
      stop_reason: "tool_use",
      stop_sequence: null,
      usage,
    };
    socket.write(wholeAnswer(200, JSON.stringify(answer)));
  });
  bedrock = await rawUpstream(({ socket }) => {
    const message = { role: "assistant", content: [{ text: "Hi." }] };
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
    socket.write(
      wholeAnswer(
        200,
        JSON.stringify({ output: { message }, stopReason: "end_turn", usage, metrics: { latencyMs: 1 } }),
      ),
    );
  });
  gateway = await bootGateway(`
providers:
  chat: { dialect: openai-chat, baseUrl: "${chat.url}/v1" }
  claude: { dialect: anthropic-messages, baseUrl: "${claude.url}" }
  bedrock: { dialect: bedrock-converse, baseUrl: "${bedrock.url}" }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [chat, claude, bedrock]) await upstream[Symbol.asyncDispose]();
});

const ask = (path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: "POST",
    headers: { "x-api-key": gateway.key, "content-type": "application/json", ...headers },
    body,
  });
const messages = '"max_tokens":9,"messages":[{"role":"user","content":"hi"}]';

describe("rule 4: the gateway's own marks", () => {
  it("stay behind: its member of bodies, its headers, its key; every other byte goes on", async () => {
    const body =
      '{ "model":"chat/m", "sallyport": {"labels":["a"]}, "messages":[{"role":"user","content":"say \\"sallyport\\""}], "x":1.0 }';
    const response = await ask("/v1/chat/completions", body, { "x-sallyport-strict": "1" });
    expect(response.status).toBe(200);
    const { head, body: sent } = chat.calls().at(-1) ?? { head: "", body: "" };
    expect(sent).toBe(
      '{ "model":"m", "messages":[{"role":"user","content":"say \\"sallyport\\""}], "x":1.0 }',
    );
    expect(head).not.toMatch(/sallyport|sp-/i);
  });

  it("stay behind on the way to another dialect", async () => {
    await ask("/v1/messages", `{"model":"chat/m","sallyport":{"labels":["a"]},${messages}}`);
    expect(chat.calls().at(-1)?.body).not.toContain("sallyport");
  });
});

describe("rules of beta headers and of Claude at Bedrock", () => {
  it("rule 26: anthropic-beta goes to Anthropic, and to nobody else", async () => {
    const beta = { "anthropic-beta": "context-1m-2025-08-07", "anthropic-version": "2023-06-01" };
    await ask("/v1/messages", `{"model":"claude/claude-1",${messages}}`, beta);
    expect(claude.calls().at(-1)?.head).toMatch(/^anthropic-beta: context-1m-2025-08-07\r?$/m);
    for (const [model, upstream] of [
      ["chat/m", chat],
      ["bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", bedrock],
    ] as const) {
      await ask("/v1/messages", `{"model":"${model}",${messages}}`, beta);
      expect(upstream.calls().at(-1)?.head).not.toMatch(/anthropic-beta|anthropic-version/i);
    }
  });

  it("rule 27: Claude at Bedrock has its model in the path, and neither model nor stream in the body", async () => {
    await ask("/v1/messages", `{"model":"bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",${messages}}`);
    const { head, body } = bedrock.calls().at(-1) ?? { head: "", body: "" };
    expect(head).toMatch(/^POST \/model\/anthropic\.claude-sonnet-4-5-20250929-v1%3A0\/converse /);
    expect(Object.keys(JSON.parse(body))).not.toEqual(expect.arrayContaining(["model"]));
    expect(body).not.toMatch(/"(?:model|stream)":/);
  });

  it("rule 54: fine-grained tool streaming keeps its beta header; arguments that come whole are one delta", async () => {
    const beta = { "anthropic-beta": "fine-grained-tool-streaming-2025-05-14" };
    const tools = '"tools":[{"name":"f","input_schema":{"type":"object"}}]';
    await ask("/v1/messages", `{"model":"claude/claude-1",${tools},${messages}}`, beta);
    expect(claude.calls().at(-1)?.head).toContain("fine-grained-tool-streaming-2025-05-14");
  });
});
