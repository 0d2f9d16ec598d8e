import { describe, expect, it } from "vitest";
import type { Answer } from "../../exchange/answer.ts";
import { bedrockConverse } from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const answerText = (content: string, more = ""): string =>
  `{"output":{"message":{"role":"assistant","content":${content}}},"stopReason":"end_turn"${more}}`;

function read(content: string, more = ""): Answer {
  const decoding = bedrockConverse.decodeAnswer(bytes(answerText(content, more)));
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  expect(decoding.warnings).toEqual([]);
  return decoding.answer;
}
const parts = (content: string) => read(content).parts;

describe("decodeAnswer", () => {
  it("rule 2: keeps the text of a tool's input", () => {
    const input = '{ "n" : 9007199254740993, "x":1.0,"y":-0,"z":1e400,"s":"\\ud800","n":1 }';
    expect(parts(`[{"toolUse":{"input":${input},"name":"f","toolUseId":"t"}}]`)).toEqual([
      { kind: "tool-call", id: "t", name: "f", argumentsText: input },
    ]);
  });

  it("reads reasoning with its seal, without one, and redacted", () => {
    expect(
      parts(
        '[{"reasoningContent":{"reasoningText":{"text":"a","signature":"s"}}},{"reasoningContent":{"reasoningText":{"text":"b"}}},{"reasoningContent":{"redactedContent":"cmVk"}}]',
      ),
    ).toEqual([
      { kind: "reasoning", text: "a", isRedacted: false, seal: { origin: "bedrock-converse", value: "s" } },
      { kind: "reasoning", text: "b", isRedacted: false },
      { kind: "reasoning", text: "", isRedacted: true, seal: { origin: "bedrock-converse", value: "cmVk" } },
    ]);
  });

  it("reads a cited text as one text", () => {
    const citation = { title: "T", sourceContent: [{ text: "q" }], location: { documentPage: { start: 1 } } };
    expect(
      parts(
        JSON.stringify([
          { citationsContent: { content: [{ text: "a" }, { text: "b" }], citations: [citation] } },
        ]),
      ),
    ).toEqual([
      {
        kind: "text",
        text: "ab",
        citations: [{ title: "T", quote: "q", raw: citation, origin: "bedrock-converse" }],
      },
    ]);
  });

  it("reads an image", () => {
    expect(parts('[{"image":{"format":"webp","source":{"bytes":"AAAA"}}}]')).toEqual([
      { kind: "image", source: { kind: "base64", data: "AAAA" }, mediaType: "image/webp" },
    ]);
  });

  it.for([
    ['{ "hologram" : {"n":1.0} }', "hologram"],
    ['{"toolUse":{"toolUseId":"s","name":"web","input":{},"type":"server_tool_use"}}', "server_tool_use"],
    ['{"toolResult":{"toolUseId":"s","content":[]}}', "toolResult"],
    ['{"image":{"format":"png","error":{"message":"no"}}}', "image"],
    ['{"reasoningContent":{"musing":1}}', "reasoningContent"],
  ] as const)("keeps %s as it stands", ([json, type]) => {
    expect(parts(`[${json}]`)).toMatchObject([
      { kind: "opaque", type, origin: "bedrock-converse", raw: { text: json } },
    ]);
  });

  it("tells no model and no id, for Converse tells none, but for a routed prompt", () => {
    expect(read("[]")).toMatchObject({ answerId: "", model: "" });
    const trace =
      ',"trace":{"promptRouter":{"invokedModelId":"arn:aws:bedrock:us-east-1::foundation-model/m"}}';
    expect(read("[]", trace).model).toBe("arn:aws:bedrock:us-east-1::foundation-model/m");
  });

  it("finishes for the call where the model says end_turn next to one", () => {
    expect(read('[{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]').finish).toEqual({
      reason: "tool-calls",
      raw: "end_turn",
    });
  });

  it.for([
    { name: "no JSON", body: "<html>", code: "upstream_malformed_response" },
    { name: "no object", body: "[]", code: "upstream_malformed_response" },
    { name: "no message", body: "{}", code: "upstream_malformed_response" },
    {
      name: "a message without content",
      body: '{"output":{"message":{}}}',
      code: "upstream_malformed_response",
    },
    { name: "a block that is no object", body: answerText('["a"]'), code: "upstream_malformed_response" },
    {
      name: "output that the model garbled",
      body: answerText("[]").replace("end_turn", "malformed_tool_use"),
      code: "upstream_malformed_response",
    },
    {
      name: "an error in a 200",
      body: '{"__type":"com.amazon.coral.availability#ThrottlingException","message":"slow"}',
      code: "upstream_rate_limited",
    },
    {
      name: "an operation that is not there",
      body: '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
      code: "upstream_failed",
    },
  ])("fails for $name", ({ body, code }) => {
    expect(bedrockConverse.decodeAnswer(bytes(body))).toMatchObject({ kind: "failure", failure: { code } });
    expect(bedrockConverse.tapAnswer(bytes(body))).toBeUndefined();
  });
});

describe("rule 57: usage", () => {
  it.for<{ readonly name: string; readonly told: object; readonly input: object }>([
    {
      name: "without a cache",
      told: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
      input: { total: 10, uncached: 10 },
    },
    {
      name: "with a cache, which Converse leaves out of its input",
      told: {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 145,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 30,
      },
      input: { total: 140, uncached: 10, cacheRead: 100, cacheWrite5m: 30 },
    },
    {
      name: "with cache writes by lifetime",
      told: {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 45,
        cacheWriteInputTokens: 30,
        cacheDetails: [
          { ttl: "1h", inputTokens: 20 },
          { ttl: "5m", inputTokens: 10 },
        ],
      },
      input: { total: 40, uncached: 10, cacheWrite5m: 10, cacheWrite1h: 20 },
    },
    {
      name: "with a cache inside its input, as the provider's own total says",
      told: { inputTokens: 110, outputTokens: 5, totalTokens: 115, cacheReadInputTokens: 100 },
      input: { total: 110, uncached: 10, cacheRead: 100 },
    },
    {
      name: "by the older names of the cache's counters",
      told: {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 18,
        cacheReadInputTokenCount: 3,
        cacheWriteInputTokenCount: 0,
      },
      input: { total: 13, uncached: 10, cacheRead: 3, cacheWrite5m: 0 },
    },
    { name: "of which nothing of the input was told", told: { outputTokens: 5 }, input: {} },
    { name: "with counters that are none", told: { inputTokens: -1, outputTokens: 5 }, input: {} },
  ])("$name", ({ told, input }) => {
    const { usage } = read("[]", `,"usage":${JSON.stringify(told)}`);
    expect(usage).toEqual({
      input,
      output: { total: 5 },
      basis: "reported",
      raw: { text: JSON.stringify(told) },
    });
  });

  it("is not told where there is none", () => {
    expect(read("[]").usage).toBeUndefined();
    expect(read("[]", ',"usage":{}').usage).toMatchObject({ input: {}, output: {} });
  });

  it("has the tier that served the call, and the text of the provider's object", () => {
    const { usage } = read("[]", ',"usage":{ "inputTokens": 1 , "x": 1.0},"serviceTier":{"type":"priority"}');
    expect(usage?.tier).toBe("priority");
    expect(usage?.raw?.text).toBe('{ "inputTokens": 1 , "x": 1.0}');
  });
});

describe("tapAnswer", () => {
  it("reads usage and finish", () => {
    expect(
      bedrockConverse.tapAnswer(bytes(answerText("[]", ',"usage":{"inputTokens":1,"outputTokens":2}'))),
    ).toEqual({
      usage: {
        input: { total: 1, uncached: 1 },
        output: { total: 2 },
        basis: "reported",
        raw: { text: '{"inputTokens":1,"outputTokens":2}' },
      },
      finish: { reason: "stop", raw: "end_turn" },
    });
  });
});
