import type { Answer } from "../../../src/exchange/answer.ts";
import type { Call } from "../../../src/exchange/call.ts";
import type { AnswerContext } from "../../../src/exchange/codec.ts";
import type { ChatDialect } from "../../../src/exchange/dialect.ts";
import type { AnswerPart, Part, StreamPart } from "../../../src/exchange/part.ts";
import type { Warning } from "../../../src/exchange/warning.ts";
import { clientCodecs, upstreamCodecOf } from "../../../src/gateway/codecs.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import type { Sample } from "./samples.ts";

/** What a client gets: the bytes, and what was declared to be lost in them. */
export interface Written {
  readonly form: "whole" | "stream";
  readonly text: string;
  readonly warnings: readonly Warning[];
}

/** What the codecs make of a sample; an answer that is no whole one is a failure with a reason. */
export type Reading =
  | {
      readonly kind: "parts";
      readonly answer?: Answer;
      readonly parts: readonly AnswerPart[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: "failure"; readonly code: string };

/** Reads a sample with the codec of its dialect. */
export function readSample({ dialect, form, body, frames }: Sample): Reading {
  const codec = upstreamCodecOf(dialect);
  if (form === "whole") {
    const decoding = codec.decodeAnswer(body);
    if (decoding.kind === "failure") return { kind: "failure", code: decoding.failure.code };
    const { answer, warnings } = decoding;
    return { kind: "parts", answer, parts: partsOf(answer), warnings };
  }
  const decoder = codec.decodeStream();
  const parts: AnswerPart[] = [];
  const told: readonly StreamPart[] = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  for (const part of told) {
    if (part.kind === "error") return { kind: "failure", code: part.failure.code };
    parts.push(part);
  }
  return { kind: "parts", parts, warnings: [] };
}

/** A whole answer as the parts of a stream: what an upstream that streams would have told. */
function partsOf(answer: Answer): readonly AnswerPart[] {
  const { answerId, model, createdAt, usage, finish } = answer;
  return [
    { kind: "start", answerId, model, ...(createdAt !== undefined && { createdAt }) },
    ...answer.parts.flatMap(streamed),
    ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
    { kind: "finish", finish },
  ];
}

function streamed(value: Part, part: number): readonly AnswerPart[] {
  switch (value.kind) {
    case "text":
      return [
        { kind: "text-start", part },
        ...(value.text === "" ? [] : [{ kind: "text-delta", part, text: value.text } as const]),
        ...(value.citations ?? []).map((citation) => ({ kind: "citation", part, citation }) as const),
        { kind: "text-end", part, ...(value.seal && { seal: value.seal }) },
      ];
    case "refusal":
      return [
        { kind: "refusal-start", part },
        { kind: "refusal-delta", part, text: value.text },
        { kind: "refusal-end", part },
      ];
    case "reasoning":
      if (value.isRedacted) return [{ kind: "whole", part, value }];
      return [
        {
          kind: "reasoning-start",
          part,
          ...(value.isSummary !== undefined && { isSummary: value.isSummary }),
        },
        ...(value.text === "" ? [] : [{ kind: "reasoning-delta", part, text: value.text } as const]),
        { kind: "reasoning-end", part, ...(value.seal && { seal: value.seal }) },
      ];
    case "tool-call": {
      const { id, name, argumentsText, isCustom, seal } = value;
      return [
        { kind: "tool-input-start", part, id, name, ...(isCustom && { isCustom }), ...(seal && { seal }) },
        ...(argumentsText === "" ? [] : [{ kind: "tool-input-delta", part, argumentsText } as const]),
        { kind: "tool-input-end", part },
      ];
    }
    default:
      return [{ kind: "whole", part, value }];
  }
}

/** The answer in a client's dialect, in every form it can be asked for. */
export function writeFor(
  client: ChatDialect,
  reading: Extract<Reading, { kind: "parts" }>,
  call: Call,
): readonly Written[] {
  const codec = clientCodecs[client];
  const context = contextOf(call);
  const written: Written[] = [];
  if (reading.answer !== undefined) {
    const whole = codec.encodeAnswer(reading.answer, { ...context, call: { ...call, isStream: false } });
    written.push({ form: "whole", text: whole.body, warnings: [...reading.warnings, ...whole.warnings] });
  }
  const encoder = codec.encodeStream(context);
  const text = reading.parts.map((part) => encoder.push(part)).join("");
  written.push({ form: "stream", text, warnings: [...reading.warnings, ...encoder.warnings()] });
  return written;
}

function contextOf(call: Call): AnswerContext {
  return {
    requestId: "req_matrix",
    startedAt: epochMs(1_760_000_000_000),
    call,
    wrap: (seal) => `env.${Buffer.from(JSON.stringify(seal)).toString("base64url")}`,
  };
}

/** A client that wants to see everything. */
export function callOf(client: ChatDialect, { request, dialect }: Sample): Call {
  const minimal: Call = {
    source: client,
    model: "m",
    instructions: [],
    turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
    tools: [],
    sampling: {},
    reasoning: { effort: "medium", show: "full" },
    isStream: true,
    wantsUsage: true,
    extensions: new Map(),
  };
  if (request === undefined || !isClient(dialect)) return minimal;
  const decoding = clientCodecs[dialect].decode(request, { target: { model: "m", isStream: true } });
  if (decoding.kind === "invalid") return minimal;
  return {
    ...decoding.call,
    source: client,
    isStream: true,
    wantsUsage: true,
    reasoning: { ...decoding.call.reasoning, show: "full" },
  };
}

/** Whether clients speak a dialect too. */
export function isClient(dialect: string): dialect is ChatDialect {
  return (clients as readonly string[]).includes(dialect);
}

export const clients = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"] as const;
