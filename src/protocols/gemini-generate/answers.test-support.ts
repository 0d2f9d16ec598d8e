import type { Call } from "../../exchange/call.ts";
import type { AnswerContext, Decoding } from "../../exchange/codec.ts";
import type { StreamForm } from "../../exchange/dialect.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { isJsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { decodeGemini } from "./decode.ts";
import { encodeStream } from "./encode-stream.ts";
import { advance, advanceArray, type GeminiGrammar, geminiGrammar, type Violation } from "./grammar.ts";

/** Envelopes whose content a test can read; the gateway's are sealed. */
export const wrap = (seal: Seal): string => `sp1.${printJson({ ...seal })}`;
export function unwrap(text: string): Seal | undefined {
  const value = text.startsWith("sp1.") ? parseJson(text.slice(4)) : undefined;
  return isJsonObject(value) ? (value as unknown as Seal) : undefined;
}
/** A signature as the client sees it. */
export const enveloped = (seal: Seal): string => Buffer.from(wrap(seal)).toString("base64");

export const claude = (value: string): Seal => ({ origin: "anthropic-messages", value });
export const openai = (value: string): Seal => ({ origin: "openai-responses", value, itemId: "rs_1" });
export const gemini = (value: string): Seal => ({ origin: "gemini-generate", value });

/** A context as the pipeline gives it; `show` is what the client said of thoughts. */
export function contextOf(
  options: {
    readonly show?: "summary" | "omitted";
    readonly streamForm?: StreamForm;
    readonly seals?: false;
  } = {},
): AnswerContext {
  const { show = "summary", streamForm, seals } = options;
  const call: Call = {
    source: "gemini-generate",
    model: "asked",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    reasoning: { show },
    isStream: true,
    wantsUsage: true,
    extensions: new Map(),
  };
  return {
    requestId: "0190-test",
    startedAt: epochMs(1),
    call,
    ...(streamForm === undefined ? {} : { streamForm }),
    ...(seals === false ? {} : { wrap }),
  };
}

export const start: AnswerPart = { kind: "start", answerId: "a", model: "upstream" };
export const stop: AnswerPart = { kind: "finish", finish: { reason: "stop", raw: "stop" } };

/** The parts as a stream would bring them, in pieces of at most `size` characters. */
export function streamOf(parts: readonly Part[], size = 3): readonly AnswerPart[] {
  return parts.flatMap((value, part): readonly AnswerPart[] => {
    const seal = "seal" in value && value.seal !== undefined ? { seal: value.seal } : {};
    switch (value.kind) {
      case "text":
      case "reasoning": {
        if (value.kind === "reasoning" && value.isRedacted) return [{ kind: "whole", part, value }];
        const { kind } = value;
        const pieces = piecesOf(value.text, size).map(
          (text): AnswerPart => ({ kind: `${kind}-delta`, part, text }),
        );
        const citations = value.kind === "text" ? (value.citations ?? []) : [];
        const cited = citations.map((citation): AnswerPart => ({ kind: "citation", part, citation }));
        return [{ kind: `${kind}-start`, part }, ...pieces, ...cited, { kind: `${kind}-end`, part, ...seal }];
      }
      case "refusal":
        return [
          { kind: "refusal-start", part },
          { kind: "refusal-delta", part, text: value.text },
          { kind: "refusal-end", part },
        ];
      case "tool-call": {
        const { id, name } = value;
        const pieces = piecesOf(value.argumentsText, size).map(
          (argumentsText): AnswerPart => ({ kind: "tool-input-delta", part, argumentsText }),
        );
        return [
          { kind: "tool-input-start", part, id, name, ...seal },
          ...pieces,
          { kind: "tool-input-end", part },
        ];
      }
      default:
        return [{ kind: "whole", part, value }];
    }
  });
}

function piecesOf(text: string, size: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

/** What the encoder writes for the parts. */
export function written(parts: readonly AnswerPart[], context: AnswerContext = contextOf()): string {
  const encoder = encodeStream(context);
  return parts.map((part) => encoder.push(part)).join("");
}

export interface WirePart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly name: string; readonly args?: unknown; readonly id?: string };
}

/** A chunk, or a whole answer, as a client reads it. */
export interface WireChunk {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly WirePart[]; readonly role?: string };
    readonly finishReason?: string;
    readonly finishMessage?: string;
    readonly groundingMetadata?: unknown;
  }[];
  readonly usageMetadata?: unknown;
  readonly modelVersion?: string;
  readonly responseId?: string;
  readonly error?: { readonly code: number; readonly status: string; readonly message: string };
}

/** The data of a stream's events. */
export function datasOf(events: string): readonly string[] {
  const reader = createSseReader();
  const frames = [...reader.push(new TextEncoder().encode(events)), ...reader.end()];
  return frames.filter(({ kind }) => kind === "event").map(({ data }) => data);
}

export function chunksOf(events: string): readonly WireChunk[] {
  return datasOf(events).map((data): WireChunk => JSON.parse(data));
}

/** All parts of a stream, in order. */
export function wirePartsOf(events: string): readonly WirePart[] {
  return chunksOf(events).flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
}

/** Where the grammar stands after a whole stream, in either form. */
export function grammarAfter(stream: string): GeminiGrammar | Violation {
  if (stream.startsWith("[")) return advanceArray(geminiGrammar(), stream);
  return datasOf(stream).reduce(
    (state: GeminiGrammar | Violation, data) => ("kind" in state ? state : advance(state, data)),
    geminiGrammar(),
  );
}

/** Decodes a body given as a value or as its text. */
export function decode(body: object | string, target = { model: "m" }): Decoding {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return decodeGemini(new TextEncoder().encode(text), { target, unwrap });
}

/** The call of a body; `contents` is there already. */
export function callOf(body: object): Call {
  const decoding = decode({ contents: [{ role: "user", parts: [{ text: "hi" }] }], ...body });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

/** What the decoding of a body with these members declares, or finds wrong. */
export function notesOf(body: object): readonly unknown[] {
  const decoding = decode({ contents: [{ role: "user", parts: [{ text: "hi" }] }], ...body });
  return decoding.kind === "invalid" ? decoding.problems : decoding.warnings;
}

/** The parts that an assistant turn has after a client has echoed `contents`. */
export function echoed(contents: readonly object[]): readonly Part[] {
  const decoding = decode({ contents });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call.turns.flatMap(({ role, parts }) => (role === "assistant" ? parts : []));
}
