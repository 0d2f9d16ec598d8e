import { describe, expect, it } from "vitest";
import type { StreamPart } from "../../exchange/part.ts";
import type { Json } from "../../kernel/json.ts";
import { chunk, commentFrame, frameOf, framesOf } from "./frames.test-support.ts";
import { decodeChatStream } from "./stream.ts";

function decode(data: readonly (Json | string)[]): readonly StreamPart[] {
  const decoder = decodeChatStream();
  return [...framesOf(data).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

const start: StreamPart = {
  kind: "start",
  answerId: "chatcmpl-1",
  model: "m",
  createdAt: 1_700_000_000_000,
} as StreamPart;
const end = (reason: string, raw: string) => ({ kind: "finish", finish: { reason, raw } });
const usage = { prompt_tokens: 3, completion_tokens: 2 };
const call = (piece: Json): Json => chunk({ tool_calls: [piece] });

/** The calls that were put together: id, name, arguments. */
function callsOf(parts: readonly StreamPart[]): readonly (readonly string[])[] {
  return parts
    .filter((part) => part.kind === "tool-input-start")
    .map(({ part, id, name }) => [
      id,
      name,
      parts
        .flatMap((piece) =>
          piece.kind === "tool-input-delta" && piece.part === part ? [piece.argumentsText] : [],
        )
        .join(""),
    ]);
}

describe("decodeChatStream", () => {
  it("reads text between one start and one end, usage and finish last", () => {
    expect(
      decode([
        chunk({ role: "assistant", content: "" }),
        chunk({ content: "a" }),
        chunk({ content: "b" }),
        chunk({}, "stop"),
        chunk({}, null, { choices: [], usage }),
        "[DONE]",
      ]),
    ).toEqual([
      start,
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "text-delta", part: 0, text: "b" },
      { kind: "text-end", part: 0 },
      {
        kind: "usage",
        usage: expect.objectContaining({ input: { total: 3, uncached: 3 }, output: { total: 2 } }),
      },
      end("stop", "stop"),
    ]);
  });

  it.for([
    { name: "reasoning_content", delta: { reasoning_content: "hm" } },
    { name: "reasoning", delta: { reasoning: "hm" } },
    { name: "both, once", delta: { reasoning_content: "hm", reasoning: "hm" } },
    {
      name: "thinking parts",
      delta: { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
    },
  ])("rule 16: reads reasoning as $name, closed before the text", ({ delta }) => {
    expect(
      decode([chunk(delta), chunk({ content: [{ type: "text", text: "a" }] }), chunk({}, "stop"), "[DONE]"]),
    ).toEqual([
      start,
      { kind: "reasoning-start", part: 0 },
      { kind: "reasoning-delta", part: 0, text: "hm" },
      { kind: "reasoning-end", part: 0 },
      { kind: "text-start", part: 1 },
      { kind: "text-delta", part: 1, text: "a" },
      { kind: "text-end", part: 1 },
      end("stop", "stop"),
    ]);
  });

  it.for<{ name: string; pieces: readonly Json[]; calls: readonly (readonly string[])[] }>([
    {
      name: "parallel calls by index",
      pieces: [
        { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
        { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } },
        { index: 0, function: { arguments: "[1" } },
        { index: 1, function: { arguments: "[2]" } },
        { index: 0, function: { arguments: "]" } },
      ],
      calls: [
        ["a", "f", "[1]"],
        ["b", "g", "[2]"],
      ],
    },
    {
      name: "a constant index with new ids (Ollama)",
      pieces: [
        { index: 0, id: "a", function: { name: "f", arguments: "{}" } },
        { index: 0, id: "b", function: { name: "f", arguments: "[]" } },
      ],
      calls: [
        ["a", "f", "{}"],
        ["b", "f", "[]"],
      ],
    },
    {
      name: "no index at all",
      pieces: [
        { id: "a", function: { name: "f", arguments: "[" } },
        { function: { arguments: "]" } },
        { id: "b", function: { name: "g", arguments: "{}" } },
      ],
      calls: [
        ["a", "f", "[]"],
        ["b", "g", "{}"],
      ],
    },
    {
      name: "id and name repeated with every piece",
      pieces: [
        { index: 0, id: "a", function: { name: "f", arguments: "[" } },
        { index: 0, id: "a", function: { name: "f", arguments: "1]" } },
      ],
      calls: [["a", "f", "[1]"]],
    },
    {
      name: "the name repeated without an id",
      pieces: [
        { index: 0, id: "a", function: { name: "f", arguments: "[" } },
        { index: 0, function: { name: "f", arguments: "1]" } },
      ],
      calls: [["a", "f", "[1]"]],
    },
    {
      name: "a call whose name comes late",
      pieces: [
        { index: 0, id: "a", function: { arguments: "[" } },
        { index: 0, function: { name: "f", arguments: "]" } },
      ],
      calls: [["a", "f", "[]"]],
    },
    {
      name: "null arguments, and arguments as an object",
      pieces: [
        { index: 0, id: "a", function: { name: "f", arguments: null } },
        { index: 1, id: "b", function: { name: "g", arguments: { x: 1 } } },
      ],
      calls: [
        ["a", "f", ""],
        ["b", "g", '{"x":1}'],
      ],
    },
  ])("rule 33: puts together $name", ({ pieces, calls }) => {
    const parts = decode([...pieces.map(call), chunk({}, "tool_calls"), "[DONE]"]);
    expect(callsOf(parts)).toEqual(calls);
    expect(parts.at(-1)).toEqual(end("tool-calls", "tool_calls"));
  });

  it("gives calls without an id one of their own, the same on every replay", () => {
    const data = [
      call({ index: 0, function: { name: "f", arguments: "{}" } }),
      call({ index: 0, function: { name: "f", arguments: "{}" } }),
      "[DONE]",
    ];
    const ids = callsOf(decode(data)).map(([id]) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^call_[0-9A-Za-z]{22}$/);
    expect(callsOf(decode(data)).map(([id]) => id)).toEqual(ids);
  });

  it("reads the one call of the form before tools", () => {
    const parts = decode([
      chunk({ function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: "{}" } }),
      chunk({}, "function_call"),
      "[DONE]",
    ]);
    expect(callsOf(parts).map((entry) => entry.slice(1))).toEqual([["f", "{}"]]);
  });

  it.for([
    {
      name: "stop next to calls",
      delta: { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] },
      raw: "stop",
      reason: "tool-calls",
    },
    { name: "tool_calls without one", delta: { content: "a" }, raw: "tool_calls", reason: "stop" },
    { name: "a refusal that ends in stop", delta: { refusal: "no" }, raw: "stop", reason: "refusal" },
    {
      name: "a refusal that ends in the filter",
      delta: { refusal: "no" },
      raw: "content_filter",
      reason: "refusal",
    },
    { name: "the filter", delta: { content: "a" }, raw: "content_filter", reason: "content-filter" },
    {
      name: "Mistral's context limit",
      delta: { content: "a" },
      raw: "model_length",
      reason: "context-length",
    },
    { name: "an unknown word", delta: { content: "a" }, raw: "tired", reason: "other" },
  ])("rules 45, 46: $name is $reason", ({ delta, raw, reason }) => {
    expect(decode([chunk(delta), chunk({}, raw), "[DONE]"]).at(-1)).toEqual(end(reason, raw));
  });

  it.for([
    { name: "on the finish chunk", data: [chunk({ content: "a" }), chunk({}, "stop", { usage })] },
    {
      name: "on every chunk",
      data: [
        chunk({ content: "a" }, null, { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
        chunk({}, "stop", { usage }),
      ],
    },
    {
      name: "on a choice without delta",
      data: [chunk({ content: "a" }), chunk({}, "stop"), chunk({}, null, { choices: [{ index: 0, usage }] })],
    },
    { name: "under x_groq", data: [chunk({ content: "a" }), chunk({}, "stop", { x_groq: { usage } })] },
  ])("rule 47: reads usage $name, once", ({ data }) => {
    const parts = decode([...data, "[DONE]"]).filter((part) => part.kind === "usage");
    expect(parts).toMatchObject([{ usage: { input: { total: 3 }, output: { total: 2 } } }]);
  });

  it("rule 48: [DONE] without a finish reason is other; a close with neither is a broken stream; a close after the finish is whole", () => {
    expect(decode([chunk({ content: "a" }), "[DONE]"]).at(-1)).toEqual(end("other", ""));
    expect(decode([chunk({ content: "a" })]).at(-1)).toMatchObject({
      kind: "error",
      failure: { code: "upstream_stream_broken" },
    });
    expect(decode([]).at(-1)).toMatchObject({ kind: "error", failure: { code: "upstream_stream_broken" } });
    expect(decode([chunk({ content: "a" }, "stop")]).at(-1)).toEqual(end("stop", "stop"));
  });

  it.for([
    {
      name: "an error object",
      frame: frameOf('{"error":{"message":"slow down","type":"rate_limit_error","code":null}}'),
      code: "upstream_rate_limited",
    },
    {
      name: "a named event",
      frame: frameOf('{"message":"busy","type":"overloaded_error"}', "error"),
      code: "upstream_overloaded",
    },
    {
      name: "a numeric code",
      frame: frameOf('{"error":{"message":"bad gateway","code":502},"choices":[]}'),
      code: "upstream_failed",
    },
    { name: "data that is no JSON", frame: frameOf("{"), code: "upstream_malformed_response" },
    {
      name: "DeepSeek out of resources",
      frame: frameOf(JSON.stringify(chunk({}, "insufficient_system_resource"))),
      code: "upstream_overloaded",
    },
    {
      name: "Mistral's finish of error",
      frame: frameOf(JSON.stringify(chunk({}, "error"))),
      code: "upstream_failed",
    },
  ])("rule 50: ends at $name and says nothing more", ({ frame, code }) => {
    const decoder = decodeChatStream();
    decoder.push(frameOf(JSON.stringify(chunk({ content: "a" }))));
    expect(decoder.push(frame).at(-1)).toMatchObject({ kind: "error", failure: { code } });
    expect([
      ...decoder.push(frameOf(JSON.stringify(chunk({ content: "b" })))),
      ...decoder.push(frameOf("[DONE]")),
      ...decoder.end(),
    ]).toEqual([]);
  });

  it("rule 52: takes chunks without choices, without delta and of other choices, and comments", () => {
    const decoder = decodeChatStream();
    expect(decoder.push(commentFrame)).toEqual([]);
    const parts = decode([
      chunk({}, null, { id: "", model: "", choices: [], prompt_filter_results: [] }),
      chunk({ content: "a" }),
      chunk({}, null, { choices: [{ index: 0, finish_reason: null, content_filter_offsets: {} }] }),
      chunk({}, null, { choices: [{ index: 1, delta: { content: "x" }, finish_reason: "stop" }] }),
      chunk({}, "stop"),
      "[DONE]",
    ]);
    expect(parts).toEqual([
      start,
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "text-end", part: 0 },
      end("stop", "stop"),
    ]);
  });
});
