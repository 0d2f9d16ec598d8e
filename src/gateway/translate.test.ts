import { describe, expect, it } from "vitest";
import { compiled, openaiFacts } from "./table.test-support.ts";
import { translate } from "./translate.ts";

const chat =
  '{"model":"gpt-5","messages":[{"role":"user","content":"hi"}],"seed":7,"stop":["END"],"max_tokens":9}';
const table = compiled(
  [openaiFacts, { ...openaiFacts, id: "claude", dialects: ["anthropic-messages"], globs: [], listed: [] }],
  { fast: [{ provider: "claude", model: "claude-x" }] },
);

describe("translate", () => {
  it("shows the body, the path and what would be lost", () => {
    const { body, ...rest } = translate({ from: "openai-chat", to: "anthropic-messages", body: chat });
    expect(JSON.parse(body ?? "")).toEqual({
      model: "gpt-5",
      max_tokens: 9,
      stop_sequences: ["END"],
      messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    });
    expect(rest).toEqual({
      lane: "canonical",
      dialect: "anthropic-messages",
      path: "/v1/messages",
      warnings: [{ kind: "dropped", subject: "seed" }],
      emulated: null,
      refusal: null,
    });
  });

  it("goes where the configuration leads, with the provider's own ways, as the gateway would", () => {
    const toPool = translate({ from: "openai-chat", to: "fast", body: chat }, table);
    expect(JSON.parse(toPool.body ?? "")).toMatchObject({ model: "claude-x" });
    const same = translate({ from: "openai-chat", to: "openai/o3", body: chat }, table);
    expect(same).toMatchObject({ lane: "bytes", path: "/v1/chat/completions" });
    expect(same.body).toBe(chat.replace("gpt-5", "o3"));
  });

  it("says what the gateway would do on the answer, and what it would refuse", () => {
    expect(translate({ from: "openai-chat", to: "openai-responses", body: chat }).emulated).toEqual({
      stop: ["END"],
      toolsAmong: [],
    });
    const body = chat.replace('"seed":7', '"n":2');
    expect(translate({ from: "openai-chat", to: "anthropic-messages", body })).toMatchObject({
      body: null,
      refusal: { code: "unsupported_parameter", param: "n" },
    });
  });

  it.for([
    { name: "no JSON", wanted: { from: "openai-chat", to: "openai-chat", body: "{" }, message: /not valid/ },
    {
      name: "no request of the dialect",
      wanted: { from: "openai-chat", to: "cohere-chat", body: "{}" },
      message: /`model`/,
    },
    {
      name: "an unknown client",
      wanted: { from: "openai-chad", to: "cohere-chat", body: chat },
      message: /did you mean `openai-chat`/,
    },
    {
      name: "an unknown upstream",
      wanted: { from: "openai-chat", to: "bedrock-convers", body: chat },
      message: /did you mean `bedrock-converse`/,
    },
    {
      name: "another purpose",
      wanted: { from: "openai-chat", to: "cohere-embeddings", body: chat },
      message: /same purpose/,
    },
  ])("refuses $name", ({ wanted, message }) => {
    expect(() => translate(wanted)).toThrow(
      expect.objectContaining({ publicMessage: expect.stringMatching(message) }),
    );
  });
});
