import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { epochMs, tokens } from "../../kernel/units.ts";
import { createMessageForms } from "../../platform/protobuf/index.ts";
import { aiChat, aiEmbed, isLastPart, readAiError, withCost } from "./index.ts";
import { printPart, readPart } from "./parts.ts";

const forms = createMessageForms();
const wrap = (seal: Seal): string => printJson({ ...seal });
const unwrap = (text: string): Seal => JSON.parse(text);
const seal: Seal = { origin: "anthropic-messages", value: "sig", itemId: "i" };

/** A part as it comes back from a client that has read it, through bytes of protobuf. */
function thereAndBack(part: Part): { part: Part | undefined; problems: readonly unknown[] } {
  const json = printJson({ messages: [{ role: "ROLE_USER", parts: [printPart(part, wrap)] }] });
  const back = forms.toJson("ai.v1.CompleteRequest", forms.toBytes("ai.v1.CompleteRequest", json));
  const value = JSON.parse(back).messages[0].parts[0];
  const problems: never[] = [];
  return { part: readPart(value, "p", { problems, unwrap }), problems };
}

const parts: readonly Part[] = [
  { kind: "text", text: "hé", seal },
  { kind: "text", text: "", cache: { ttl: "1h" } },
  { kind: "text", text: "a", cache: {} },
  { kind: "refusal", text: "no" },
  { kind: "image", source: { kind: "base64", data: "AP8B" }, mediaType: "image/png", detail: "low" },
  { kind: "image", source: { kind: "url", url: "https://a.example/x" } },
  { kind: "document", source: { kind: "text", text: "t" }, title: "T" },
  { kind: "document", source: { kind: "file", id: "f1" } },
  { kind: "audio", source: { kind: "base64", data: "AAAA" }, mediaType: "audio/wav" },
  { kind: "video", source: { kind: "url", url: "https://a.example/v" }, mediaType: "video/mp4" },
  { kind: "reasoning", text: "so", isRedacted: false, isSummary: true, seal },
  { kind: "reasoning", text: "", isRedacted: true, seal },
  { kind: "tool-call", id: "c", name: "f", argumentsText: '{"n": 1.0}', seal },
  { kind: "tool-call", id: "c", name: "g", argumentsText: "free", isCustom: true },
  { kind: "tool-result", callId: "c", name: "f", isError: true, content: [{ kind: "text", text: "x" }] },
  { kind: "opaque", type: "web_search", origin: "openai-responses", raw: new RawJson('{"n":1.0}') },
];

describe("parts", () => {
  it.for(parts)("come back as they were: %o", (part) => {
    expect(thereAndBack(part)).toEqual({ part, problems: [] });
  });

  it("come back as they were, whatever their texts", () => {
    const text = fc.string({ unit: "grapheme" });
    const data = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64"));
    const part: fc.Arbitrary<Part> = fc.oneof(
      fc.record({ kind: fc.constant("text" as const), text }),
      fc.record({ kind: fc.constant("tool-call" as const), id: text, name: text, argumentsText: text }),
      fc.record({
        kind: fc.constant("image" as const),
        source: fc.record({ kind: fc.constant("base64" as const), data }),
      }),
    );
    fc.assert(
      fc.property(part, (made) => {
        expect(thereAndBack(made).part).toEqual(made);
      }),
    );
  });

  it("of no kind are told with their path", () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"ROLE_USER","parts":[{}]}]}');
    const decoded = aiChat.decode(body, { target: {} });
    expect(decoded).toMatchObject({ kind: "invalid", problems: [{ path: "messages[0].parts[0]" }] });
  });
});

const request = {
  model: "m",
  instructions: [{ text: { text: "be brief" } }],
  messages: [{ role: "ROLE_USER", parts: [{ text: { text: "hi" } }], name: "ann" }],
  tools: [{ function: { name: "f", parameters: '{"type":"object"}', strict: true } }],
  toolChoice: { mode: "MODE_ANY", names: ["f"] },
  output: { schema: { name: "o", schema: '{"type":"object"}' } },
  sampling: { temperature: 0, stop: ["."], outputTokensMax: 9 },
  reasoning: { effort: "low", show: "SHOW_SUMMARY" },
  extensions: { x: 1 },
};
const body = Buffer.from(JSON.stringify(request));
const decoded = aiChat.decode(body, { target: { isStream: true } });
const call = decoded.kind === "call" ? decoded.call : expect.fail("no call");
const context = { requestId: "r", startedAt: epochMs(0), call, wrap };

describe("aiChat", () => {
  it("reads a request", () => {
    expect(aiChat.read(body, { isStream: true })).toEqual({
      kind: "facts",
      facts: { model: "m", isStream: true, wantsUsage: true, outputTokensMax: 9 },
    });
    expect(call).toMatchObject({
      isStream: true,
      turns: [{ role: "user", name: "ann", parts: [{ kind: "text", text: "hi" }] }],
      tools: [{ kind: "function", parameters: { type: "object" }, strict: true }],
      toolChoice: { kind: "named", name: "f" },
      output: { kind: "schema", strict: false },
      sampling: { temperature: 0, stop: ["."], outputTokensMax: 9 },
      reasoning: { effort: "low", show: "summary" },
    });
  });

  it("takes a limit below 0 for none", () => {
    const endless = Buffer.from(JSON.stringify({ ...request, sampling: { outputTokensMax: -5 } }));
    expect(aiChat.read(endless, { isStream: true })).toEqual({
      kind: "facts",
      facts: { model: "m", isStream: true, wantsUsage: true },
    });
  });

  it("writes answers that are messages", () => {
    const answer = { answerId: "a", model: "m1", parts, finish: { reason: "stop", raw: "end" } } as const;
    const usage = { input: { total: tokens(3) }, output: {}, basis: "reported" } as const;
    const told = aiChat.encodeAnswer({ ...answer, usage }, context).body;
    const bytes = forms.toBytes("ai.v1.CompleteResponse", withCost(told, 5));
    expect(JSON.parse(forms.toJson("ai.v1.CompleteResponse", bytes))).toMatchObject({
      id: "r",
      model: "m1",
      finish: { reason: "FINISH_REASON_STOP" },
      usage: { input: 3 },
      costNanoUsd: "5",
    });
  });

  it("writes every part of a stream as a message, the finish last with the usage", () => {
    const stream: readonly AnswerPart[] = [
      { kind: "start", answerId: "a", model: "m1" },
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "hé" },
      { kind: "logprobs", part: 0, tokens: [{ token: "h", logprob: -1, bytes: [104], top: [] }] },
      { kind: "text-end", part: 0, seal },
      { kind: "tool-input-start", part: 1, id: "c", name: "f" },
      { kind: "tool-input-delta", part: 1, argumentsText: "{}" },
      { kind: "tool-input-end", part: 1 },
      { kind: "whole", part: 2, value: { kind: "reasoning", text: "", isRedacted: true, seal } },
      { kind: "usage", usage: { input: {}, output: { total: tokens(2) }, basis: "reported" } },
      { kind: "finish", finish: { reason: "stop", raw: "end" } },
    ];
    const encoder = aiChat.encodeStream(context);
    const told = stream.map((part) => encoder.push(part)).join("");
    const read = told
      .split("\n\n")
      .filter((event) => event !== "")
      .map((event) => event.slice("data: ".length))
      .map((json) => (isLastPart(json) ? withCost(json, 7) : json))
      .map((json) => forms.toJson("ai.v1.StreamPart", forms.toBytes("ai.v1.StreamPart", json)))
      .map((json) => parseJson(json))
      .filter((json) => isJsonObject(json));
    expect(read.map((json) => Object.keys(json)[0])).toEqual([
      ...["start", "textStart", "textDelta", "logprobs", "textEnd"],
      ...["toolInputStart", "toolInputDelta", "toolInputEnd", "whole", "finish"],
    ]);
    expect(read.at(-1)).toMatchObject({ finish: { usage: { output: 2 }, costNanoUsd: "7" } });
    expect(encoder.push({ kind: "text-start", part: 3 })).toBe("");
  });

  it("tells failures by the catalogue's code", () => {
    const error = new GatewayError("rate_limited", "private");
    expect(parseJson(aiChat.encodeError(error, "r"))).toMatchObject({ error: { code: "rate_limited" } });
  });

  it("tells failures so that the edge knows them again, and nothing else as one", () => {
    const error = new GatewayError("overloaded", "private", { message: "Later.", retryAfterMs: 1500 });
    expect(readAiError(aiChat.encodeError(error, "r"))).toMatchObject({
      code: "overloaded",
      publicMessage: "Later.",
      facts: { retryAfterMs: 1500 },
    });
    expect(readAiError('{"error":{"code":"made_up"}}')?.code).toBe("internal");
    expect(readAiError('{"textDelta":{"text":"error"}}')).toBeUndefined();
  });
});

describe("aiEmbed", () => {
  it("reads texts and writes vectors", () => {
    const made = aiEmbed.decode(Buffer.from('{"model":"m","inputs":["a","b"],"dimensions":2}'), {
      target: {},
    });
    expect(made).toMatchObject({ call: { embed: { inputs: ["a", "b"], dimensions: 2 } } });
    const finish = { reason: "stop", raw: "" } as const;
    const answer = { answerId: "a", model: "m", parts: [], finish, vectors: [[0.5, 1]] };
    const bytes = forms.toBytes("ai.v1.EmbedResponse", aiEmbed.encodeAnswer(answer, context).body);
    expect(JSON.parse(forms.toJson("ai.v1.EmbedResponse", bytes)).vectors).toEqual([{ values: [0.5, 1] }]);
  });
});
