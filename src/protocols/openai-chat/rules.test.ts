import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import type { Json } from "../../kernel/json.ts";
import { contextOf } from "./answers.test-support.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatStream } from "./encode-stream.ts";

function callOf(members: Readonly<Record<string, Json>>): Call {
  const body = JSON.stringify({ model: "m", messages: [], ...members });
  const decoding = decodeChat(new TextEncoder().encode(body));
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

const call = (argumentsText: string): Extract<Part, { kind: "tool-call" }> => ({
  kind: "tool-call",
  id: "c1",
  name: "f",
  argumentsText,
});

/** The arguments that clients are given, whole and streamed one character at a time. */
function written(argumentsText: string): readonly string[] {
  const finish = { reason: "tool-calls", raw: "tool_calls" } as const;
  const answer = { answerId: "a", model: "m", parts: [call(argumentsText)], finish } as const;
  const message = JSON.parse(encodeChat(answer, contextOf()).body).choices[0].message;
  const encoder = encodeChatStream(contextOf());
  const parts: readonly AnswerPart[] = [
    { kind: "start", answerId: "a", model: "m" },
    { kind: "tool-input-start", part: 0, id: "c1", name: "f" },
    ...argumentsText
      .split("")
      .map((piece): AnswerPart => ({ kind: "tool-input-delta", part: 0, argumentsText: piece })),
    { kind: "tool-input-end", part: 0 },
    { kind: "finish", finish },
  ];
  const frames = createSseReader().push(
    new TextEncoder().encode(parts.map((part) => encoder.push(part)).join("")),
  );
  const pieces = frames.flatMap(({ data }): readonly string[] =>
    data === "[DONE]"
      ? []
      : (JSON.parse(data).choices[0].delta.tool_calls ?? []).map(
          (delta: { function: { arguments: string } }) => delta.function.arguments,
        ),
  );
  return [message.tool_calls[0].function.arguments, pieces.join("")];
}

describe("the arguments of a tool call", () => {
  it.for([
    { name: "rule 2: keep integers above 2^53 and white space", text: '{ "n":9007199254740993, "x":1.0 }' },
    { name: "rule 2: keep doubled members and lone surrogates", text: '{"a":"\\ud800","a":1e400}' },
    { name: "rule 36: that were cut off stay cut off", text: '{"half": tr' },
    { name: "rule 36: that are no object stay what they are", text: "[1,2]" },
  ])("$name", ({ text }) => {
    expect(written(text)).toEqual([text, text]);
    const history = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: text } }],
    };
    expect(callOf({ messages: [history] }).turns[0]?.parts).toEqual([call(text)]);
  });

  it("rule 36: that are none are an empty object, which is what a client parses", () => {
    expect(written("")).toEqual(["{}", "{}"]);
  });
});

describe("texts", () => {
  it("rule 5: hold the model's words and nothing of what is sealed, cited or emulated around them", () => {
    const seal: Seal = { origin: "gemini-generate", value: "secret" };
    const parts: readonly Part[] = [
      {
        kind: "reasoning",
        text: "hm",
        seal: { origin: "anthropic-messages", value: "secret" },
        isRedacted: false,
      },
      {
        kind: "text",
        text: "a",
        seal,
        citations: [{ url: "https://a", raw: { mark: "secret" }, origin: "gemini-generate" }],
      },
      { ...call("{}"), seal },
    ];
    const context = { ...contextOf(), wrap: () => "sp1.envelope" };
    const finish = { reason: "stop", raw: "stop" } as const;
    const { body } = encodeChat({ answerId: "a", model: "m", parts, finish }, context);
    const { content, reasoning_content: thought, annotations } = JSON.parse(body).choices[0].message;
    expect({ content, thought }).toEqual({ content: "a", thought: "hm" });
    expect(JSON.stringify(annotations)).not.toContain("secret");
    expect(body).not.toContain("sp1.");
  });
});

describe("requests", () => {
  it("rule 17: name the origin of every seal, so that none goes to another vendor", () => {
    const sealed = (format: string): Json => ({ type: "reasoning.encrypted", data: "s", format });
    const origins = [
      "anthropic-claude-v1",
      "openai-responses-v1",
      "bedrock-converse-v1",
      "xai-responses-v1",
    ].map((format) => {
      const message = { role: "assistant", content: "a", reasoning_details: [sealed(format)] };
      const [part] = callOf({ messages: [message] }).turns[0]?.parts ?? [];
      return part?.kind === "reasoning" ? part.seal?.origin : undefined;
    });
    expect(origins).toEqual(["anthropic-messages", "openai-responses", "bedrock-converse", "openai-chat"]);
  });

  it.for<{ stop: Json; read: readonly string[] | undefined }>([
    { stop: "END", read: ["END"] },
    { stop: ["a", "b"], read: ["a", "b"] },
    { stop: [], read: undefined },
    { stop: null, read: undefined },
    { stop: ["1", "2", "3", "4", "5"], read: ["1", "2", "3", "4", "5"] },
  ])("rule 24: may stop at $stop", ({ stop, read }) => {
    expect(callOf({ stop }).sampling.stop).toEqual(read);
  });

  it("rule 38: keep the images of a tool's result with it", () => {
    const messages = [
      {
        role: "tool",
        tool_call_id: "c1",
        content: [
          { type: "text", text: "seen" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
    ];
    expect(callOf({ messages }).turns).toEqual([
      {
        role: "user",
        parts: [
          {
            kind: "tool-result",
            callId: "c1",
            isError: false,
            content: [
              { kind: "text", text: "seen" },
              { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" },
            ],
          },
        ],
      },
    ]);
  });
});
