import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { decodeChatAnswer, tapChatAnswer } from "./response.ts";

const bytesOf = (value: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const completion = (
  message: Json,
  finish: string | null = "stop",
  members: { readonly [member: string]: Json } = {},
): Json => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "m",
  choices: [{ index: 0, message, finish_reason: finish }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  ...members,
});

describe("decodeChatAnswer", () => {
  it("reads reasoning, text, refusal and calls in this order; arguments keep their text", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    const message = {
      role: "assistant",
      content: "a",
      refusal: null,
      reasoning: "hm",
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: argumentsText } }],
    };
    expect(decodeChatAnswer(bytesOf(completion(message, "stop", { service_tier: "flex" })))).toEqual({
      kind: "answer",
      warnings: [],
      answer: {
        answerId: "chatcmpl-1",
        model: "m",
        createdAt: 1_700_000_000_000,
        parts: [
          { kind: "reasoning", text: "hm", isRedacted: false },
          { kind: "text", text: "a" },
          { kind: "tool-call", id: "c", name: "f", argumentsText },
        ],
        finish: { reason: "tool-calls", raw: "stop" },
        usage: expect.objectContaining({
          tier: "flex",
          input: { total: 3, uncached: 3 },
          output: { total: 2 },
        }),
      },
    });
  });

  it("declares audio and annotations without a source, which have no place", () => {
    const choices = [
      {
        index: 0,
        message: { content: "a", audio: { id: "x" }, annotations: [{ type: "url_citation" }] },
        logprobs: { content: [] },
        finish_reason: "stop",
      },
    ];
    expect(decodeChatAnswer(bytesOf(completion({}, "stop", { choices })))).toMatchObject({
      warnings: [{ subject: "audio" }, { subject: "annotations" }],
    });
  });

  it("reads an answer of which a filter left nothing but its end", () => {
    const body = { ...(completion({}) as object), choices: [{ index: 0, finish_reason: "content_filter" }] };
    expect(decodeChatAnswer(bytesOf(body as Json))).toMatchObject({
      kind: "answer",
      answer: { parts: [], finish: { reason: "content-filter", raw: "content_filter" } },
    });
  });

  it("takes an answer without a finish reason for other, never for stop", () => {
    expect(decodeChatAnswer(bytesOf(completion({ content: "a" }, null)))).toMatchObject({
      answer: { finish: { reason: "other" } },
    });
  });

  it.for<{ name: string; body: Uint8Array; code: string }>([
    { name: "no JSON", body: new TextEncoder().encode("<html>"), code: "upstream_malformed_response" },
    { name: "no object", body: bytesOf([]), code: "upstream_malformed_response" },
    { name: "no choices", body: bytesOf({ id: "x" }), code: "upstream_malformed_response" },
    {
      name: "a choice without a message",
      body: bytesOf({ choices: [{ index: 0 }] }),
      code: "upstream_malformed_response",
    },
    {
      name: "an error in a 200",
      body: bytesOf({ error: { message: "m", code: 429 } }),
      code: "upstream_rate_limited",
    },
    {
      name: "a finish that tells of a breakdown",
      body: bytesOf(completion({ content: "" }, "insufficient_system_resource")),
      code: "upstream_overloaded",
    },
  ])("fails on $name, and the tap sees no answer either", ({ body, code }) => {
    expect(decodeChatAnswer(body)).toMatchObject({ kind: "failure", failure: { code } });
    if (code !== "upstream_overloaded") expect(tapChatAnswer(body)?.finish).toBeUndefined();
  });
});

describe("tapChatAnswer", () => {
  it("reads the same model, usage and finish as decoding does", () => {
    const body = bytesOf(
      completion(
        { content: null, tool_calls: [{ id: "c", function: { name: "f", arguments: "" } }] },
        "stop",
      ),
    );
    const decoding = decodeChatAnswer(body);
    if (decoding.kind !== "answer") throw new Error("failed");
    const { model, usage, finish } = decoding.answer;
    expect(tapChatAnswer(body)).toEqual({ model, usage, finish });
  });
});
