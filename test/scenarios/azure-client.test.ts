import { AzureOpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let chat: RawUpstream;
let claude: RawUpstream;
let gateway: BootedGateway;

const claudeAnswer = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-1",
  content: [{ type: "text", text: "From Claude." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});

beforeAll(async () => {
  chat = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, chatAnswer("From Chat."))));
  claude = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, claudeAnswer)));
  gateway = await bootGateway(`
providers:
${providerAt("gpt", chat.url)}
${providerAt("claude", claude.url, { dialect: "anthropic-messages" })}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [chat, claude]) await upstream[Symbol.asyncDispose]();
});

describe("Azure's client, which names the model in the path", () => {
  it.for([
    { model: "gpt-1", text: "From Chat." },
    { model: "claude-1", text: "From Claude." },
  ])("reaches $model", async ({ model, text }) => {
    const client = new AzureOpenAI({
      apiKey: gateway.key,
      apiVersion: "2024-10-21",
      baseURL: `http://127.0.0.1:${gateway.port}/azure/openai`,
      maxRetries: 0,
    });
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "hi" }],
    });
    expect(answer.choices[0]?.message.content).toBe(text);
  });

  it("may leave the model out of the body: it is put in for the provider", async () => {
    const response = await fetch(
      `http://127.0.0.1:${gateway.port}/azure/openai/deployments/gpt-1/chat/completions?api-version=2024-10-21`,
      {
        method: "POST",
        headers: { "api-key": gateway.key, "content-type": "application/json" },
        body: '{"messages":[{"role":"user","content":"hi"}]}',
      },
    );
    expect({ status: response.status, lane: response.headers.get("x-sallyport-lane") }).toEqual({
      status: 200,
      lane: "bytes",
    });
    expect(chat.calls().at(-1)?.body).toBe('{"messages":[{"role":"user","content":"hi"}],"model":"gpt-1"}');
  });
});
