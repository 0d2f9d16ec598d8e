import { describe, expect, it } from "vitest";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { contextOf } from "./answers.test-support.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatStream } from "./encode-stream.ts";
import { createOpenaiChat } from "./index.ts";

const sealOf = (origin: Seal["origin"], value = "s", itemId?: string): Seal => ({
  origin,
  value,
  ...(itemId !== undefined && { itemId }),
});
const thought = (seal: Seal, text = "hm"): Part => ({
  kind: "reasoning",
  text,
  seal,
  isRedacted: text === "",
});

type Message = { readonly [member: string]: unknown };

/** The message that clients are given, whole. */
function wholeMessage(parts: readonly Part[]): Message {
  const answer = { answerId: "a", model: "m", parts, finish: { reason: "stop", raw: "stop" } } as const;
  return JSON.parse(encodeChat(answer, contextOf()).body).choices[0].message;
}

/** The message that a client puts together of the deltas: texts joined, lists appended, calls by index. */
function streamedMessage(parts: readonly Part[]): Message {
  const encoder = encodeChatStream(contextOf());
  const events = [
    { kind: "start", answerId: "a", model: "m" } as const,
    ...parts.flatMap(streamOf),
    { kind: "finish", finish: { reason: "stop", raw: "stop" } } as const,
  ].map((part) => encoder.push(part));
  const reader = createSseReader();
  const message: { [member: string]: unknown } = {};
  for (const { data } of reader.push(new TextEncoder().encode(events.join("")))) {
    if (data === "[DONE]") continue;
    const { delta } = JSON.parse(data).choices[0] as { delta: { [member: string]: unknown } };
    for (const [name, value] of Object.entries(delta)) {
      const before = message[name];
      if (name === "tool_calls") message[name] = addCalls((before ?? []) as Message[], value as Message[]);
      else if (Array.isArray(value)) message[name] = [...((before ?? []) as unknown[]), ...value];
      else if (typeof value === "string" && name !== "role")
        message[name] = `${(before as string) ?? ""}${value}`;
      else message[name] = value;
    }
  }
  return message;
}

function addCalls(before: readonly Message[], deltas: readonly Message[]): readonly Message[] {
  const calls = [...before];
  for (const { index, function: called, ...rest } of deltas) {
    const found = calls[index as number] ?? { function: { name: "", arguments: "" } };
    const whole = found["function"] as { name: string; arguments: string };
    const piece = called as { name?: string; arguments: string };
    calls[index as number] = {
      ...found,
      ...rest,
      function: { name: whole.name + (piece.name ?? ""), arguments: whole.arguments + piece.arguments },
    };
  }
  return calls;
}

let number = 0;
function streamOf(value: Part): readonly AnswerPart[] {
  const part = number++;
  switch (value.kind) {
    case "text":
      return [
        { kind: "text-start", part },
        { kind: "text-delta", part, text: value.text },
        { kind: "text-end", part, ...(value.seal !== undefined && { seal: value.seal }) },
      ];
    case "reasoning":
      if (value.isRedacted) return [{ kind: "whole", part, value }];
      return [
        { kind: "reasoning-start", part, ...(value.isSummary === true && { isSummary: true }) },
        { kind: "reasoning-delta", part, text: value.text },
        { kind: "reasoning-end", part, ...(value.seal !== undefined && { seal: value.seal }) },
      ];
    case "tool-call":
      return [
        {
          kind: "tool-input-start",
          part,
          id: value.id,
          name: value.name,
          ...(value.seal !== undefined && { seal: value.seal }),
        },
        { kind: "tool-input-delta", part, argumentsText: value.argumentsText },
        { kind: "tool-input-end", part },
      ];
    default:
      return [{ kind: "whole", part, value }];
  }
}

/** What reading a message that a client sends back gives. */
function partsOf(message: Message): readonly Part[] {
  const body = { model: "m", messages: [{ ...message, role: "assistant" }] };
  const decoding = decodeChat(new TextEncoder().encode(JSON.stringify(body)));
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  expect(decoding.warnings).toEqual([]);
  return decoding.call.turns[0]?.parts ?? [];
}

const call = (id: string, seal?: Seal): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText: '{"a":1}',
  ...(seal !== undefined && { seal }),
});

const summarised: Part = {
  kind: "reasoning",
  text: "short",
  isSummary: true,
  seal: sealOf("openai-responses", "enc", "rs_1"),
  isRedacted: false,
};

/** Every cell of the column "Chat client" of the specification's part 10, and what else may come. */
const cells: readonly { readonly name: string; readonly parts: readonly Part[]; readonly shown: object }[] = [
  {
    name: "rule 7: Claude's signature",
    parts: [thought(sealOf("anthropic-messages")), call("c1")],
    shown: { reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s" }] },
  },
  {
    name: "rule 8: Claude's signature without text",
    parts: [
      { kind: "reasoning", text: "", seal: sealOf("anthropic-messages"), isRedacted: false },
      call("c1"),
    ],
    shown: { reasoning_details: [{ type: "reasoning.text", text: "", signature: "s" }] },
  },
  {
    name: "rule 9: Claude's redacted thinking",
    parts: [thought(sealOf("anthropic-messages", "d"), ""), call("c1")],
    shown: { reasoning_details: [{ type: "reasoning.encrypted", data: "d" }] },
  },
  {
    name: "rule 11: Gemini's signature on a call, and on none of its parallel calls",
    parts: [call("c1", sealOf("gemini-generate")), call("c2")],
    shown: {
      tool_calls: [{ id: "c1", extra_content: { google: { thought_signature: "s" } } }, { id: "c2" }],
    },
  },
  {
    name: "rule 11: Gemini's signature on a text",
    parts: [{ kind: "text", text: "a", seal: sealOf("gemini-generate") }],
    shown: { extra_content: { google: { thought_signature: "s" } } },
  },
  {
    name: "rule 11: Gemini's signature on an empty text",
    parts: [{ kind: "text", text: "", seal: sealOf("gemini-generate") }],
    shown: { extra_content: { google: { thought_signature: "s" } } },
  },
  {
    name: "rule 12: OpenAI's encrypted reasoning with its id and its summary",
    parts: [summarised, call("c1")],
    shown: {
      reasoning_details: [
        { type: "reasoning.summary", summary: "short", index: 0 },
        { type: "reasoning.encrypted", data: "enc", id: "rs_1", index: 1 },
      ],
    },
  },
  {
    name: "rule 12: OpenAI's encrypted reasoning without a summary, twice",
    parts: [
      thought(sealOf("openai-responses", "1", "rs_1"), ""),
      thought(sealOf("openai-responses", "2", "rs_2"), ""),
      call("c1"),
    ],
    shown: {
      reasoning_details: [
        { data: "1", id: "rs_1" },
        { data: "2", id: "rs_2" },
      ],
    },
  },
  {
    name: "Claude's signature that Bedrock gave",
    parts: [thought(sealOf("bedrock-converse")), call("c1")],
    shown: { reasoning_details: [{ format: "bedrock-converse-v1", signature: "s" }] },
  },
  {
    name: "an entry of the server's own",
    parts: [
      thought(sealOf("openai-chat", '{"type":"reasoning.encrypted","data":"x","format":"xai-responses-v1"}')),
      call("c1"),
    ],
    shown: {
      reasoning_details: [
        { type: "reasoning.text", text: "hm" },
        { data: "x", format: "xai-responses-v1" },
      ],
    },
  },
  {
    name: "reasoning without a seal",
    parts: [{ kind: "reasoning", text: "hm", isRedacted: false }, call("c1")],
    shown: { reasoning_content: "hm" },
  },
];

describe("sealed state", () => {
  it.for(cells)("goes out whole and comes back as it was: $name", ({ parts, shown }) => {
    const message = wholeMessage(parts);
    expect(message).toMatchObject(shown);
    expect(partsOf(message)).toEqual(parts);
  });

  it.for(cells)("goes out in a stream and comes back as it was: $name", ({ parts, shown }) => {
    const message = streamedMessage(parts);
    expect(message).toMatchObject(shown);
    // A stream begins with content "", which is no part.
    expect(partsOf(message)).toEqual(parts);
  });

  it("rule 9: Claude's redacted thinking is never taken for the seal of words before it", () => {
    const format = "anthropic-claude-v1";
    const reasoning_details = [
      { type: "reasoning.text", text: "hm", format },
      { type: "reasoning.encrypted", data: "d", format },
    ];
    expect(partsOf({ content: "a", reasoning_details })).toEqual([
      thought(sealOf("anthropic-messages", "d"), ""),
      { kind: "text", text: "a" },
    ]);
  });

  it("rule 11: OpenRouter's entry for a call is found by the call's id, else given to the first one", () => {
    const encrypted = (id?: string) => ({
      type: "reasoning.encrypted",
      data: "s",
      format: "google-gemini-v1",
      ...(id !== undefined && { id }),
    });
    const tool = (id: string) => ({ id, type: "function", function: { name: "f", arguments: '{"a":1}' } });
    const tool_calls = [tool("c1"), tool("c2")];
    expect(partsOf({ content: null, tool_calls, reasoning_details: [encrypted("c2")] })).toEqual([
      call("c1"),
      call("c2", sealOf("gemini-generate")),
    ]);
    expect(partsOf({ content: null, tool_calls, reasoning_details: [encrypted()] })).toEqual([
      call("c1", sealOf("gemini-generate")),
      call("c2"),
    ]);
    expect(partsOf({ content: "a", reasoning_details: [encrypted("gone")] })).toEqual([
      { kind: "text", text: "a", seal: sealOf("gemini-generate") },
    ]);
  });
});

describe("rule 16: the member that reasoning goes out in", () => {
  const parts: readonly Part[] = [{ kind: "reasoning", text: "hm", isRedacted: false }];
  it.for([
    { reasoningField: "reasoning_content", members: { reasoning_content: "hm" } },
    { reasoningField: "reasoning", members: { reasoning: "hm" } },
    { reasoningField: "both", members: { reasoning_content: "hm", reasoning: "hm" } },
    { reasoningField: "none", members: {} },
  ] as const)("is $reasoningField", ({ reasoningField, members }) => {
    const codec = createOpenaiChat({ reasoningField });
    const answer = { answerId: "a", model: "m", parts, finish: { reason: "stop", raw: "stop" } } as const;
    const { message } = JSON.parse(codec.encodeAnswer(answer, contextOf()).body).choices[0];
    const { role, content, refusal, ...whole } = message;
    expect(whole).toEqual(members);
    const encoder = codec.encodeStream(contextOf());
    encoder.push({ kind: "start", answerId: "a", model: "m" });
    const delta = encoder.push({ kind: "reasoning-delta", part: 0, text: "hm" });
    const data = delta === "" ? "{}" : JSON.stringify(JSON.parse(delta.slice(6)).choices[0].delta);
    expect(JSON.parse(data)).toEqual(members);
  });
});
