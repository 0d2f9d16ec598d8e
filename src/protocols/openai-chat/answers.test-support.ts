import fc from "fast-check";
import OpenAI from "openai";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { AnswerPart, Part } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { epochMs, tokens } from "../../kernel/units.ts";

/** A context of a fixed request; only what differs is given. */
export function contextOf(wanted: { readonly wantsUsage?: boolean } = {}): AnswerContext {
  return {
    requestId: "req-1",
    startedAt: epochMs(1_700_000_000_000),
    call: {
      source: "openai-chat",
      model: "asked",
      instructions: [],
      turns: [],
      tools: [],
      sampling: {},
      isStream: true,
      wantsUsage: wanted.wantsUsage ?? false,
      extensions: new Map(),
    },
  };
}

export const usage: Usage = {
  input: { total: tokens(13), uncached: tokens(3), cacheRead: tokens(8), cacheWrite5m: tokens(2) },
  output: { total: tokens(7), reasoning: tokens(4) },
  basis: "reported",
};

/** The official client, answered with `body`. */
export function clientOf(body: string, contentType: string, status = 200): OpenAI {
  return new OpenAI({
    apiKey: "none",
    baseURL: "http://gateway.invalid/v1",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { status, headers: { "content-type": contentType } })),
  });
}

/** Any parts an answer may have that Chat can carry. */
export const anyParts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("text" as const), text: fc.string({ minLength: 1, unit: "grapheme" }) }),
    fc.record({ kind: fc.constant("refusal" as const), text: fc.string({ minLength: 1 }) }),
    fc.record({
      kind: fc.constant("reasoning" as const),
      text: fc.string({ minLength: 1 }),
      isRedacted: fc.constant(false),
    }),
    fc.record({
      kind: fc.constant("tool-call" as const),
      id: fc.string({ minLength: 1, maxLength: 60 }),
      name: fc.constantFrom("f", "g"),
      argumentsText: fc.oneof(fc.constant(""), fc.json()),
    }),
  ),
  { maxLength: 6 },
);

/** The parts as a stream would bring them, in pieces of at most `size` characters. */
export function streamOf(parts: readonly Part[], size: number): readonly AnswerPart[] {
  return parts.flatMap((value, part): readonly AnswerPart[] => {
    switch (value.kind) {
      case "text":
      case "refusal":
      case "reasoning": {
        const { kind } = value;
        const deltas = piecesOf(value.text, size).map(
          (text): AnswerPart => ({ kind: `${kind}-delta`, part, text }),
        );
        return [{ kind: `${kind}-start`, part }, ...deltas, { kind: `${kind}-end`, part }];
      }
      case "tool-call": {
        const { id, name } = value;
        const deltas = piecesOf(value.argumentsText, size).map(
          (argumentsText): AnswerPart => ({ kind: "tool-input-delta", part, argumentsText }),
        );
        return [{ kind: "tool-input-start", part, id, name }, ...deltas, { kind: "tool-input-end", part }];
      }
      case "image":
      case "document":
      case "audio":
      case "video":
      case "tool-result":
      case "opaque":
        return [{ kind: "whole", part, value }];
    }
  });
}

function piecesOf(text: string, size: number): readonly string[] {
  return text === ""
    ? []
    : Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        text.slice(index * size, (index + 1) * size),
      );
}
