import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerDecoding } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { cohere } from "./index.ts";
import { assemble, begun, ended, event, eventsOf, partsOf } from "./wire.test-support.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function decode(message: object, members: object = {}): AnswerDecoding {
  return cohere.decodeAnswer(bytes({ id: "a1", finish_reason: "COMPLETE", message, ...members }));
}

function answered(message: object, members: object = {}): Extract<AnswerDecoding, { kind: "answer" }> {
  const decoding = decode(message, members);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding;
}

const parts = (message: object): readonly Part[] => answered(message).answer.parts;
const failure = (body: Uint8Array): unknown => {
  const decoding = cohere.decodeAnswer(body);
  return decoding.kind === "failure" ? [decoding.failure.code, decoding.failure.status] : decoding;
};

describe("decodeAnswer", () => {
  it("rule 16: reads thinking and the plan of the calls as reasoning, in the order of a stream", () => {
    expect(
      parts({
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "text", text: "So." },
          { type: "text", text: "" },
        ],
        tool_plan: "I will look.",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{ "n": 1.0 }' } }],
      }),
    ).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false },
      { kind: "text", text: "So." },
      { kind: "reasoning", text: "I will look.", isRedacted: false },
      { kind: "tool-call", id: "c", name: "f", argumentsText: '{ "n": 1.0 }' },
    ]);
  });

  it.for([
    { name: "the text null", given: "null", expected: "" },
    { name: "nothing", given: "", expected: "" },
    { name: "null", given: null, expected: "" },
    { name: "half of them", given: '{"a": tr', expected: '{"a": tr' },
    { name: "an object", given: { a: 1 }, expected: '{"a":1}' },
  ])("rule 36: reads arguments that are $name", ({ given, expected }) => {
    const call = { id: "c", function: { name: "f", arguments: given } };
    expect(parts({ tool_calls: [call] })).toEqual([
      { kind: "tool-call", id: "c", name: "f", argumentsText: expected },
    ]);
  });

  it("rule 2: keeps numbers of arguments that came as an object", () => {
    const body = '{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"n": 9007199254740993}}}]}}';
    expect(cohere.decodeAnswer(new TextEncoder().encode(body))).toMatchObject({
      answer: { parts: [{ argumentsText: '{"n": 9007199254740993}' }] },
    });
  });

  it("keeps content of a kind it does not know as it was written", () => {
    const body = '{"message":{"content":[{"type":"chart","x":1.0}]},"finish_reason":"COMPLETE"}';
    expect(cohere.decodeAnswer(new TextEncoder().encode(body))).toMatchObject({
      answer: {
        parts: [
          { kind: "opaque", type: "chart", origin: "cohere-chat", raw: { text: '{"type":"chart","x":1.0}' } },
        ],
      },
    });
  });

  it.for([
    { raw: "COMPLETE", calls: false, reason: "stop" },
    { raw: "STOP_SEQUENCE", calls: false, reason: "stop-sequence" },
    { raw: "MAX_TOKENS", calls: true, reason: "length" },
    { raw: "TOOL_CALL", calls: true, reason: "tool-calls" },
    { raw: "COMPLETE", calls: true, reason: "tool-calls" },
    { raw: "TOOL_CALL", calls: false, reason: "stop" },
    { raw: "USER_CANCEL", calls: false, reason: "other" },
    { raw: "", calls: false, reason: "other" },
  ])("rules 45, 46: reads the end $raw, calls: $calls, as $reason", ({ raw, calls, reason }) => {
    const message = calls ? { tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] } : {};
    const body = bytes({ message, finish_reason: raw });
    expect(cohere.decodeAnswer(body)).toMatchObject({ answer: { finish: { reason, raw } } });
    expect(cohere.tapAnswer(body)).toEqual({ finish: { reason, raw } });
  });

  it.for([
    { name: "an ERROR", body: { message: {}, finish_reason: "ERROR" }, expected: ["upstream_failed", 502] },
    {
      name: "a TIMEOUT",
      body: { message: {}, finish_reason: "TIMEOUT" },
      expected: ["upstream_timeout", 504],
    },
    {
      name: "an error in a 200",
      body: { id: "x", message: "internal server error" },
      expected: ["upstream_failed", 500],
    },
    {
      name: "version 1",
      body: { response_id: "r", text: "hi", finish_reason: "COMPLETE" },
      expected: ["upstream_malformed_response", 502],
    },
    { name: "a list", body: [], expected: ["upstream_malformed_response", 502] },
  ])("gives $name as a failure, and never as an answer", ({ body, expected }) => {
    expect(failure(bytes(body))).toEqual(expected);
    expect(cohere.tapAnswer(bytes(body))).toBeUndefined();
  });

  it("gives what is no JSON as a failure", () => {
    expect(failure(new TextEncoder().encode('{"message":{'))).toEqual(["upstream_malformed_response", 502]);
  });

  it("declares log probabilities, which have no place", () => {
    const logprobs = [{ text: "a", token_ids: [1], logprobs: [-1] }];
    expect(answered({ content: [] }, { logprobs }).warnings).toEqual([
      { kind: "dropped", subject: "logprobs" },
    ]);
    expect(answered({ content: [] }, { logprobs: null }).warnings).toEqual([]);
  });
});

describe("citations", () => {
  const source = (id: string, document: object) => ({ type: "document", id, document });
  const cited = (message: object) =>
    parts(message).flatMap((part) => (part.kind === "text" ? (part.citations ?? []) : []));

  it("tells each source of a stretch: a document by title, URL and words, a tool's output by its id", () => {
    const citation = {
      start: 4,
      end: 7,
      text: "sky",
      type: "TEXT_CONTENT",
      sources: [
        source("doc:0", { title: "Skies", url: "https://x/y", text: "The sky is blue." }),
        { type: "tool", id: "look:0", tool_output: { content: "blue" } },
      ],
    };
    const common = { start: 4, end: 7, raw: citation, origin: "cohere-chat" };
    expect(cited({ content: [{ type: "text", text: "The sky." }], citations: [citation] })).toEqual([
      { title: "Skies", url: "https://x/y", quote: "The sky is blue.", ...common },
      { title: "look:0", quote: "blue", ...common },
    ]);
  });

  it("rule 43: converts characters to UTF-16 code units, and tells no stretch that does not fit its words", () => {
    const text = "🌍🌎 is round, 🌏 too";
    const citing = (start: number, end: number, quote: string) => ({ start, end, text: quote, sources: [] });
    const [characters, units, wrong] = cited({
      content: [{ type: "text", text }],
      citations: [citing(6, 11, "round"), citing(8, 13, "round"), citing(0, 5, "round")],
    });
    expect(text.slice(characters?.start, characters?.end)).toBe("round");
    expect(text.slice(units?.start, units?.end)).toBe("round");
    expect([wrong?.start, wrong?.end]).toEqual([undefined, undefined]);
  });

  it("finds the content block a citation names, and keeps those of the plan and of thinking as opaque", () => {
    const inSecond = { start: 0, end: 1, text: "b", content_index: 2, sources: [] };
    const ofPlan = { start: 0, end: 1, text: "p", type: "PLAN", sources: [] };
    const nowhere = { start: 0, end: 1, text: "x", content_index: 9, sources: [] };
    expect(
      parts({
        content: [
          { type: "text", text: "a" },
          { type: "thinking", thinking: "t" },
          { type: "text", text: "b" },
        ],
        citations: [inSecond, ofPlan, nowhere],
      }),
    ).toMatchObject([
      { kind: "text", text: "a" },
      { kind: "reasoning" },
      { kind: "text", text: "b", citations: [{ start: 0, end: 1 }] },
      { kind: "opaque", type: "citation", raw: { text: JSON.stringify(ofPlan) } },
      { kind: "opaque", type: "citation", raw: { text: JSON.stringify(nowhere) } },
    ]);
  });
});

describe("usage", () => {
  const usageOf = (usage: object) => answered({ content: [] }, { usage }).answer.usage;

  it("takes the tokens that were seen, and keeps what is charged as counts", () => {
    const usage = {
      billed_units: { input_tokens: 12, output_tokens: 36, search_units: 2, classifications: 1 },
      tokens: { input_tokens: 212, output_tokens: 40 },
      cached_tokens: 208,
    };
    expect(usageOf(usage)).toEqual({
      input: { total: 212, uncached: 4, cacheRead: 208 },
      output: { total: 40 },
      counts: { billedInputTokens: 12, billedOutputTokens: 36, searchUnits: 2, classifications: 1 },
      basis: "reported",
      raw: { text: JSON.stringify(usage) },
    });
  });

  it("leaves out what is not told, and what cannot be", () => {
    expect(usageOf({})).toEqual({ input: {}, output: {}, basis: "reported", raw: { text: "{}" } });
    expect(usageOf({ tokens: { input_tokens: 1.5, output_tokens: -1 } })).toMatchObject({
      input: {},
      output: {},
    });
    expect(usageOf({ tokens: { input_tokens: 5 }, cached_tokens: 9 })).toMatchObject({
      input: { total: 5, cacheRead: 9 },
    });
    expect(usageOf({ tokens: { input_tokens: 5 }, cached_tokens: 9 })?.input.uncached).toBeUndefined();
    expect(answered({ content: [] }).answer.usage).toBeUndefined();
  });
});

describe("a whole answer and a stream of the same", () => {
  const words = fc.string({ minLength: 1, maxLength: 12 });
  const pieces = (text: string): readonly string[] => text.match(/.{1,3}/gsu) ?? [];
  const block = fc.oneof(
    words.map((text) => ({ type: "text" as const, text })),
    words.map((thinking) => ({ type: "thinking" as const, thinking })),
  );
  const call = fc.record({
    id: words,
    function: fc.record({ name: words, arguments: fc.oneof(fc.json(), words, fc.constant("null")) }),
  });

  it("have the same parts", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), fc.array(call, { maxLength: 3 }), (content, calls) => {
        const events = content.flatMap((item, index) => {
          const { type } = item;
          const text = item.type === "text" ? item.text : item.thinking;
          const member = type === "text" ? "text" : "thinking";
          return [
            event("content-start", { content: { type, [member]: "" } }, index),
            ...pieces(text).map((piece) => event("content-delta", { content: { [member]: piece } }, index)),
            event("content-end", {}, index),
          ];
        });
        const called = calls.flatMap(({ id, function: f }, index) => [
          event("tool-call-start", { tool_calls: { id, function: { name: f.name, arguments: "" } } }, index),
          ...pieces(f.arguments).map((piece) =>
            event("tool-call-delta", { tool_calls: { function: { arguments: piece } } }, index),
          ),
          event("tool-call-end", {}, index),
        ]);
        const stream = eventsOf(begun, ...events, ...called, ended("COMPLETE"));
        expect(assemble(partsOf(stream))).toEqual(parts({ content, tool_calls: calls }));
      }),
    );
  });
});
