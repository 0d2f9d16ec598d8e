import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeStream } from "./encode-stream.ts";
import { context, grammarAfter, sdkFinalMessage } from "./official-sdk.test-support.ts";

/** Envelopes as the gateway makes them, without the proof of who made them. */
const wrap = (seal: Seal): string => `sp1.k.${Buffer.from(JSON.stringify(seal)).toString("base64url")}.mac`;
function unwrap(text: string): Seal | undefined {
  const [mark, , payload = "", mac] = text.split(".");
  return mark === "sp1" && mac === "mac"
    ? (JSON.parse(Buffer.from(payload, "base64url").toString()) as Seal)
    : undefined;
}
const wrapping: AnswerContext = { ...context, wrap };

const sealOf = (origin: Seal["origin"], value = "s", itemId?: string): Seal => ({
  origin,
  value,
  ...(itemId !== undefined && { itemId }),
});
const reasoning = (text: string, seal?: Seal): Part => ({
  kind: "reasoning",
  text,
  ...(seal !== undefined && { seal }),
  isRedacted: text === "" && seal !== undefined && seal.origin !== "gemini-generate",
});
const call = (id: string, seal?: Seal): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText: '{"a":1}',
  ...(seal !== undefined && { seal }),
});
const summary = (text: string, id: string): Part => ({
  kind: "reasoning",
  text,
  isSummary: true,
  seal: sealOf("openai-responses", "enc", id),
  isRedacted: false,
});

const finish = { reason: "stop", raw: "stop" } as const;

function whole(parts: readonly Part[], given: AnswerContext = wrapping) {
  const { body, warnings } = encodeAnswer({ answerId: "a", model: "m", parts, finish }, given);
  return { content: JSON.parse(body).content as readonly object[], warnings };
}

/** The content that the official SDK puts together of a stream. */
async function streamed(parts: readonly Part[], given: AnswerContext = wrapping) {
  const encoder = encodeStream(given);
  const told: readonly AnswerPart[] = [
    { kind: "start", answerId: "a", model: "m" },
    ...parts.flatMap(streamOf),
    { kind: "usage", usage: { input: {}, output: {}, basis: "reported" } },
    { kind: "finish", finish },
  ];
  const events = told.map((part) => encoder.push(part)).join("");
  expect(grammarAfter(events)).toEqual({ kind: "ended" });
  const { content } = await sdkFinalMessage(events);
  return { content: JSON.parse(JSON.stringify(content)) as readonly object[], events };
}

function streamOf(value: Part, part: number): readonly AnswerPart[] {
  const sealed = "seal" in value && value.seal !== undefined ? { seal: value.seal } : {};
  switch (value.kind) {
    case "text":
      return [
        { kind: "text-start", part },
        ...(value.text === "" ? [] : [{ kind: "text-delta", part, text: value.text } as const]),
        { kind: "text-end", part, ...sealed },
      ];
    case "reasoning":
      if (value.isRedacted) return [{ kind: "whole", part, value }];
      return [
        { kind: "reasoning-start", part, ...(value.isSummary === true && { isSummary: true }) },
        ...(value.text === "" ? [] : [{ kind: "reasoning-delta", part, text: value.text } as const]),
        { kind: "reasoning-end", part, ...sealed },
      ];
    case "tool-call":
      return [
        { kind: "tool-input-start", part, id: value.id, name: value.name, ...sealed },
        { kind: "tool-input-delta", part, argumentsText: value.argumentsText },
        { kind: "tool-input-end", part },
      ];
    default:
      return [{ kind: "whole", part, value }];
  }
}

function decode(content: readonly object[]): {
  readonly parts: readonly Part[];
  readonly declared: string[];
} {
  const body = { model: "m", max_tokens: 9, messages: [{ role: "assistant", content }] };
  const decoding = decodeCall(new TextEncoder().encode(JSON.stringify(body)), { unwrap });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  const declared = decoding.warnings.map(({ kind, subject }) => `${kind} ${subject}`);
  return { parts: decoding.call.turns[0]?.parts ?? [], declared };
}

/** Every cell of the column "Messages client" of the specification's part 10, and what else may come. */
const cells: readonly {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly shown: readonly object[];
}[] = [
  {
    name: "rule 7: Claude's signature, as it is",
    parts: [reasoning("hm", sealOf("anthropic-messages")), call("c1")],
    shown: [{ type: "thinking", thinking: "hm", signature: "s" }, { type: "tool_use" }],
  },
  {
    name: "rule 8: Claude's signature without text",
    parts: [
      { kind: "reasoning", text: "", seal: sealOf("anthropic-messages"), isRedacted: false },
      call("c1"),
    ],
    shown: [{ type: "thinking", thinking: "", signature: "s" }, { type: "tool_use" }],
  },
  {
    name: "rule 9: Claude's redacted thinking, as it is",
    parts: [reasoning("", sealOf("anthropic-messages", "d")), call("c1")],
    shown: [{ type: "redacted_thinking", data: "d" }, { type: "tool_use" }],
  },
  {
    name: "rule 11: Gemini's signature before the call that it seals, not its parallel call",
    parts: [call("c1", sealOf("gemini-generate")), call("c2")],
    shown: [
      { type: "thinking", thinking: "", signature: wrap(sealOf("gemini-generate")) },
      { type: "tool_use", id: "c1" },
      { type: "tool_use", id: "c2" },
    ],
  },
  {
    name: "rule 11: Gemini's signatures of two calls",
    parts: [call("c1", sealOf("gemini-generate", "1")), call("c2", sealOf("gemini-generate", "2"))],
    shown: [{ type: "thinking" }, { id: "c1" }, { type: "thinking" }, { id: "c2" }],
  },
  {
    name: "rule 11: Gemini's signature of a text",
    parts: [reasoning("hm"), { kind: "text", text: "a", seal: sealOf("gemini-generate") }],
    shown: [
      { type: "thinking", thinking: "hm", signature: "" },
      { type: "text", text: "a" },
      { type: "thinking", thinking: "", signature: wrap(sealOf("gemini-generate")) },
    ],
  },
  {
    name: "rule 11: Gemini's signatures of a text and of a call",
    parts: [
      { kind: "text", text: "a", seal: sealOf("gemini-generate", "1") },
      call("c1", sealOf("gemini-generate", "2")),
    ],
    shown: [{ type: "text" }, { type: "thinking" }, { type: "thinking" }, { type: "tool_use" }],
  },
  {
    name: "rule 12: OpenAI's encrypted reasoning with its summary",
    parts: [summary("short", "rs_1"), summary("more", "rs_2"), call("c1")],
    shown: [
      { type: "thinking", thinking: "short", signature: "" },
      { type: "redacted_thinking", data: wrap(sealOf("openai-responses", "enc", "rs_1")) },
      { type: "thinking", thinking: "more" },
      { type: "redacted_thinking" },
      { type: "tool_use" },
    ],
  },
  {
    name: "rule 12: OpenAI's encrypted reasoning without one",
    parts: [reasoning("", sealOf("openai-responses", "enc", "rs_1")), call("c1")],
    shown: [
      { type: "redacted_thinking", data: wrap(sealOf("openai-responses", "enc", "rs_1")) },
      { type: "tool_use" },
    ],
  },
  {
    name: "Claude's signature that Bedrock gave",
    parts: [reasoning("hm", sealOf("bedrock-converse")), call("c1")],
    shown: [
      { type: "thinking", thinking: "hm", signature: wrap(sealOf("bedrock-converse")) },
      { type: "tool_use" },
    ],
  },
];

describe("sealed state", () => {
  it.for(cells)("goes out whole and comes back as it was: $name", ({ parts, shown }) => {
    const { content, warnings } = whole(parts);
    expect(content).toMatchObject(shown);
    expect(content).toHaveLength(shown.length);
    expect(warnings.filter(({ subject }) => subject !== "usage")).toEqual([]);
    expect(decode(content)).toEqual({ parts, declared: [] });
  });

  it.for(cells)("goes out in a stream and comes back as it was: $name", async ({ parts, shown }) => {
    const { content } = await streamed(parts);
    expect(content).toMatchObject(shown);
    expect(content).toHaveLength(shown.length);
    expect(decode(content)).toEqual({ parts, declared: [] });
  });

  it("rule 10: every signature of a stream is told by a delta of its own", async () => {
    for (const { parts } of cells) {
      const { events } = await streamed(parts);
      const signatures = [...events.matchAll(/"signature":"([^"]+)"/g)].length;
      expect([...events.matchAll(/"type":"signature_delta"/g)]).toHaveLength(signatures);
    }
  });

  it("rule 17: of another provider is left out without an envelope, and declared", async () => {
    const parts = [
      reasoning("hm", sealOf("bedrock-converse", "secret")),
      { kind: "text", text: "a", seal: sealOf("gemini-generate", "secret") } as const,
      call("c1", sealOf("gemini-generate", "secret")),
    ];
    const { content, warnings } = whole(parts, context);
    expect(JSON.stringify(content)).not.toContain("secret");
    expect(content.map((block) => "type" in block && block.type)).toEqual(["thinking", "text", "tool_use"]);
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "dropped reasoning",
      "dropped text",
      "dropped tool_use f",
      "changed usage",
    ]);
    const { events } = await streamed(parts, context);
    expect(events).not.toContain("secret");
  });

  it("in a forged envelope is never forwarded, and declared as lost", () => {
    const { parts, declared } = decode([
      { type: "thinking", thinking: "hm", signature: "sp1.k.e30.forged" },
      { type: "redacted_thinking", data: "sp1.k.e30.forged" },
      { type: "text", text: "a" },
    ]);
    expect(parts).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false },
      { kind: "text", text: "a" },
    ]);
    expect(declared).toEqual([
      "continuity-lost messages[0].content[0].signature",
      "continuity-lost messages[0].content[1].data",
    ]);
  });
});

describe("thinking that the client does not want to see", () => {
  const hidden: Call["reasoning"] = { adaptive: true, show: "omitted" };
  const given: AnswerContext = { ...wrapping, call: { ...context.call, reasoning: hidden } };
  it("is told without its text, and without a seal not at all", async () => {
    const parts = [reasoning("hm", sealOf("anthropic-messages")), reasoning("aha"), summary("short", "rs_1")];
    const shown = [
      { type: "thinking", thinking: "", signature: "s" },
      { type: "redacted_thinking", data: wrap(sealOf("openai-responses", "enc", "rs_1")) },
    ];
    expect(whole(parts, given).content).toEqual(shown);
    expect((await streamed(parts, given)).content).toMatchObject(shown);
  });
});
