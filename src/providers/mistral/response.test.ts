import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Part } from "../../exchange/part.ts";
import { mistral } from "./index.ts";
import { assemble, chunk, chunksOf, partsOf } from "./wire.test-support.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const answerOf = (message: object, members: object = {}, finish = "stop"): Uint8Array =>
  bytes({ id: "a1", model: "m", choices: [{ index: 0, message, finish_reason: finish }], ...members });

function answered(body: Uint8Array) {
  const decoding = mistral.decodeAnswer(body);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding;
}

const parts = (message: object): readonly Part[] => answered(answerOf(message)).answer.parts;
const thinking = (text: string, members: object = {}) => ({
  type: "thinking",
  thinking: [{ type: "text", text }],
  ...members,
});
const text = (words: string) => ({ type: "text", text: words });

describe("decodeAnswer", () => {
  it("rule 16: reads thinking among the content, in order, with its signature as a seal", () => {
    expect(
      parts({
        content: [
          thinking("one, "),
          thinking("two", { signature: "s1" }),
          thinking("three"),
          text("So "),
          text("it is."),
          thinking("", { signature: "s2" }),
        ],
      }),
    ).toEqual([
      {
        kind: "reasoning",
        text: "one, two",
        isRedacted: false,
        seal: { origin: "mistral-chat", value: "s1" },
      },
      { kind: "reasoning", text: "three", isRedacted: false },
      { kind: "text", text: "So it is." },
      { kind: "reasoning", text: "", isRedacted: false, seal: { origin: "mistral-chat", value: "s2" } },
    ]);
  });

  it.for(["reasoning_content", "reasoning"])("rule 16: reads %s of a hosted model", (member) => {
    expect(parts({ [member]: "hm", content: "So." })).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false },
      { kind: "text", text: "So." },
    ]);
  });

  it("reads references as citations of the text before them, those of a source with its URL", () => {
    const reference = { type: "reference", reference_ids: [1, "b"] };
    const source = { type: "tool_reference", tool: "web_search", title: "T", url: "https://x/y" };
    expect(
      parts({ content: [text("Paris"), text(" is big"), reference, text(", and old"), source, text(".")] }),
    ).toEqual([
      {
        kind: "text",
        text: "Paris is big, and old.",
        citations: [
          { start: 0, end: 12, raw: reference, origin: "mistral-chat" },
          { title: "T", url: "https://x/y", start: 12, end: 21, raw: source, origin: "mistral-chat" },
        ],
      },
    ]);
  });

  it("keeps what it has no part for as it was written: other chunks, and references outside a text", () => {
    const body =
      '{"choices":[{"message":{"content":[{"type":"reference","reference_ids":[1.0]},{"type":"tool_file","x":1.0},' +
      '{"type":"thinking","thinking":[{"type":"text","text":"a"},{"type":"reference","reference_ids":[2.0]}]}]}}]}';
    const opaque = (type: string, raw: string) => ({
      kind: "opaque",
      type,
      origin: "mistral-chat",
      raw: { text: raw },
    });
    expect(answered(new TextEncoder().encode(body)).answer.parts).toEqual([
      opaque("reference", '{"type":"reference","reference_ids":[1.0]}'),
      opaque("tool_file", '{"type":"tool_file","x":1.0}'),
      { kind: "reasoning", text: "a", isRedacted: false },
      opaque("reference", '{"type":"reference","reference_ids":[2.0]}'),
    ]);
  });

  it("rules 2, 34: keeps arguments as text, also those of an object, and makes an id where there is none", () => {
    const body =
      '{"id":"a1","choices":[{"message":{"tool_calls":[' +
      '{"id":"gSIMJiOkT","function":{"name":"f","arguments":"{ \\"n\\": 1.0 }"}},' +
      '{"id":"null","function":{"name":"g","arguments":{"n": 9007199254740993}}},' +
      '{"function":{"name":"h","arguments":""}}]},"finish_reason":"tool_calls"}]}';
    const { answer } = answered(new TextEncoder().encode(body));
    expect(answer.parts).toMatchObject([
      { id: "gSIMJiOkT", name: "f", argumentsText: '{ "n": 1.0 }' },
      { name: "g", argumentsText: '{"n": 9007199254740993}' },
      { name: "h", argumentsText: "" },
    ]);
    const ids = answer.parts.map((part) => (part.kind === "tool-call" ? part.id : ""));
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(new Set(ids).size).toBe(3);
    expect(answered(new TextEncoder().encode(body)).answer).toEqual(answer);
  });

  it.for([
    { raw: "stop", calls: false, reason: "stop" },
    { raw: "length", calls: true, reason: "length" },
    { raw: "model_length", calls: false, reason: "context-length" },
    { raw: "tool_calls", calls: true, reason: "tool-calls" },
    { raw: "stop", calls: true, reason: "tool-calls" },
    { raw: "tool_calls", calls: false, reason: "stop" },
    { raw: "guardrail", calls: false, reason: "other" },
    { raw: "", calls: false, reason: "other" },
  ])("rules 45, 46: reads the end $raw, calls: $calls, as $reason", ({ raw, calls, reason }) => {
    const message = calls
      ? { tool_calls: [{ id: "abcdefghi", function: { name: "f", arguments: "{}" } }] }
      : {};
    const body = answerOf(message, {}, raw);
    expect(answered(body).answer.finish).toEqual({ reason, raw });
    expect(mistral.tapAnswer(body)).toEqual({ model: "m", finish: { reason, raw } });
  });

  it.for([
    { name: "an end in error", body: answerOf({ content: "x" }, {}, "error"), code: "upstream_failed" },
    {
      name: "an error in a 200",
      body: bytes({ object: "error", message: "Rate limit exceeded", type: "rate_limited", code: "1300" }),
      code: "upstream_rate_limited",
    },
    { name: "an answer without choices", body: bytes({ id: "a" }), code: "upstream_malformed_response" },
    {
      name: "a choice without a message",
      body: bytes({ choices: [{ index: 0 }] }),
      code: "upstream_malformed_response",
    },
    { name: "a list", body: bytes([]), code: "upstream_malformed_response" },
  ])("gives $name as a failure, and never as an answer", ({ body, code }) => {
    expect(mistral.decodeAnswer(body)).toMatchObject({ kind: "failure", failure: { code } });
    expect(mistral.tapAnswer(body)).toBeUndefined();
  });

  it("reads the first choice, wherever it stands, and declares the others", () => {
    const choice = (index: number, content: string) => ({
      index,
      message: { content },
      finish_reason: "stop",
    });
    const { answer, warnings } = answered(bytes({ choices: [choice(1, "b"), choice(0, "a")] }));
    expect(answer.parts).toEqual([{ kind: "text", text: "a" }]);
    expect(warnings).toMatchObject([{ kind: "dropped", subject: "choices" }]);
  });
});

describe("usage", () => {
  const usageOf = (usage: object) => answered(answerOf({ content: "x" }, { usage })).answer.usage;

  it("reads every counter of an answer as another client recorded it", () => {
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 9,
      total_tokens: 29,
      prompt_audio_seconds: 1.5,
      service_tier: "standard",
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 7 },
    };
    expect(usageOf(usage)).toEqual({
      input: { total: 20, uncached: 16, cacheRead: 4, audio: 1 },
      output: { total: 9, reasoning: 7 },
      counts: { audioMs: 1500 },
      tier: "standard",
      basis: "reported",
      raw: { text: JSON.stringify(usage) },
    });
  });

  it.for([
    { name: "prompt_token_details", members: { prompt_token_details: { cached_tokens: 3 } } },
    { name: "num_cached_tokens", members: { num_cached_tokens: 3 } },
    {
      name: "the first of several",
      members: { num_cached_tokens: 9, prompt_tokens_details: { cached_tokens: 3 } },
    },
  ])("finds what was cached in $name", ({ members }) => {
    expect(usageOf({ prompt_tokens: 10, ...members })).toMatchObject({
      input: { total: 10, uncached: 7, cacheRead: 3 },
    });
  });

  it("leaves out what is not told, and what cannot be", () => {
    expect(usageOf({ prompt_audio_seconds: null })).toEqual({
      input: {},
      output: {},
      basis: "reported",
      raw: { text: '{"prompt_audio_seconds":null}' },
    });
    expect(usageOf({ prompt_tokens: 5, num_cached_tokens: 9 })?.input).toEqual({ total: 5, cacheRead: 9 });
  });
});

describe("a whole answer and a stream of the same", () => {
  const words = fc.string({ minLength: 1, maxLength: 12 });
  const piece = fc.oneof(
    words.map(text),
    fc.tuple(words, fc.option(words, { nil: "" })).map(([said, signature]) => thinking(said, { signature })),
    fc.constant({ type: "reference", reference_ids: [1] }),
    fc.constant({ type: "tool_file", file_id: "f" }),
  );
  const call = fc.record({
    id: fc.stringMatching(/^[a-z0-9]{9}$/),
    function: fc.record({ name: words, arguments: fc.oneof(fc.json(), words) }),
  });

  it("have the same parts", () => {
    const content = fc.array(piece, { maxLength: 5 });
    const calls = fc.uniqueArray(call, { maxLength: 3, selector: ({ id }) => id });
    fc.assert(
      fc.property(content, calls, (chunks, called) => {
        const stream = chunksOf(
          chunk({ role: "assistant", content: "" }),
          ...chunks.map((item) => chunk({ content: [item] })),
          ...(called.length > 0 ? [chunk({ content: "", tool_calls: called })] : []),
          chunk({ content: "" }, "stop"),
        );
        expect(assemble(partsOf(stream))).toEqual(parts({ content: chunks, tool_calls: called }));
      }),
    );
  });
});
