import fc from "fast-check";
import OpenAI from "openai";
import type { Answer } from "../../exchange/answer.ts";
import type { Call } from "../../exchange/call.ts";
import type { AnswerContext, Frame } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { createSseReader } from "../../framing/sse.ts";
import { epochMs, tokens } from "../../kernel/units.ts";
import { encodeStream } from "./encode-stream.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";

/** A call of nothing but its model; only what differs is given. */
export function callOf(members: Partial<Call> = {}): Call {
  return {
    source: "openai-responses",
    model: "asked",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    isStream: true,
    wantsUsage: true,
    extensions: new Map(),
    ...members,
  };
}

/** An envelope that anybody can open: its seal as JSON. */
export const wrap = (seal: Seal): string => `env.${JSON.stringify(seal)}`;

export const unwrap = (text: string): Seal | undefined =>
  text.startsWith("env.") ? JSON.parse(text.slice(4)) : undefined;

/** A context of a fixed request, with envelopes. */
export function contextOf(call: Partial<Call> = {}): AnswerContext {
  return { requestId: "req-1", startedAt: epochMs(1_700_000_000_000), call: callOf(call), wrap };
}

/** A context of a gateway that makes no envelopes. */
export function contextWithoutEnvelopes(): AnswerContext {
  return { requestId: "req-1", startedAt: epochMs(1_700_000_000_000), call: callOf() };
}

export const usage: Usage = {
  input: { total: tokens(13), uncached: tokens(3), cacheRead: tokens(8), cacheWrite5m: tokens(2) },
  output: { total: tokens(7), reasoning: tokens(4) },
  basis: "reported",
};

export const stop: Finish = { reason: "stop", raw: "end_turn" };

export function answerOf(parts: readonly Part[], members: Partial<Answer> = {}): Answer {
  return { answerId: "msg_1", model: "claude", parts, finish: stop, usage, ...members };
}

/** The official client, answered with `body`. */
export function clientOf(body: string, contentType: string, status = 200): OpenAI {
  return new OpenAI({
    apiKey: "none",
    baseURL: "http://gateway.invalid/v1",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { status, headers: { "content-type": contentType } })),
  });
}

/** What the official client makes of a whole answer. */
export function sdkAnswer(body: string): Promise<unknown> {
  return clientOf(body, "application/json").responses.create({ model: "asked", input: "hello" });
}

/** What the official client makes of a stream once it has ended, without what it adds by parsing. */
export async function sdkFinal(events: string): Promise<unknown> {
  const final = await clientOf(events, "text/event-stream")
    .responses.stream({ model: "asked", input: "hello" })
    .finalResponse();
  return JSON.parse(
    JSON.stringify(final, (name, value) =>
      ["output_parsed", "parsed", "parsed_arguments"].includes(name) ? undefined : value,
    ),
  );
}

/** The frames of a whole stream. */
export function framesOf(events: string | Uint8Array): readonly Frame[] {
  const reader = createSseReader();
  const bytes = typeof events === "string" ? new TextEncoder().encode(events) : events;
  return [...reader.push(bytes), ...reader.end()];
}

/** The events of a whole stream, as JSON. */
export function eventsOf(events: string): readonly Record<string, unknown>[] {
  return framesOf(events).map(({ data }) => JSON.parse(data));
}

/** Where the grammar stands after a whole stream. */
export function grammarAfter(events: string | Uint8Array): GrammarState {
  return framesOf(events).reduce(advance, startGrammar);
}

export const start: AnswerPart = { kind: "start", answerId: "msg_1", model: "claude" };

/** The text of a stream of these parts, from its start to its end. */
export function streamText(
  parts: readonly AnswerPart[],
  { context = contextOf(), finish = stop }: { context?: AnswerContext; finish?: Finish } = {},
): string {
  const encoder = encodeStream(context);
  const all: readonly AnswerPart[] = [start, ...parts, { kind: "usage", usage }, { kind: "finish", finish }];
  return all.map((part) => encoder.push(part)).join("");
}

/** The parts as a stream would bring them, in pieces of at most `size` characters. */
export function streamOf(parts: readonly Part[], size: number): readonly AnswerPart[] {
  return parts.flatMap((value, part): readonly AnswerPart[] => {
    switch (value.kind) {
      case "text": {
        const citations = (value.citations ?? []).map(
          (citation): AnswerPart => ({ kind: "citation", part, citation }),
        );
        const deltas = piecesOf(value.text, size).map(
          (text): AnswerPart => ({ kind: "text-delta", part, text }),
        );
        return [
          { kind: "text-start", part },
          ...citations,
          ...deltas,
          { kind: "text-end", part, ...sealOf(value) },
        ];
      }
      case "refusal": {
        const deltas = piecesOf(value.text, size).map(
          (text): AnswerPart => ({ kind: "refusal-delta", part, text }),
        );
        return [{ kind: "refusal-start", part }, ...deltas, { kind: "refusal-end", part }];
      }
      case "reasoning": {
        if (value.isRedacted) return [{ kind: "whole", part, value }];
        const deltas = piecesOf(value.text, size).map(
          (text): AnswerPart => ({ kind: "reasoning-delta", part, text }),
        );
        const { isSummary } = value;
        return [
          { kind: "reasoning-start", part, ...(isSummary !== undefined && { isSummary }) },
          ...deltas,
          { kind: "reasoning-end", part, ...sealOf(value) },
        ];
      }
      case "tool-call": {
        const { id, name, isCustom } = value;
        const deltas = piecesOf(value.argumentsText, size).map(
          (argumentsText): AnswerPart => ({ kind: "tool-input-delta", part, argumentsText }),
        );
        return [
          {
            kind: "tool-input-start",
            part,
            id,
            name,
            ...(isCustom !== undefined && { isCustom }),
            ...sealOf(value),
          },
          ...deltas,
          { kind: "tool-input-end", part },
        ];
      }
      default:
        return [{ kind: "whole", part, value }];
    }
  });
}

const sealOf = ({ seal }: { readonly seal?: Seal }): { readonly seal?: Seal } =>
  seal === undefined ? {} : { seal };

function piecesOf(text: string, size: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

const words = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" });
const geminiSeal = fc.record({
  origin: fc.constant("gemini-generate" as const),
  value: fc.string({ minLength: 1, maxLength: 8 }),
});
const claudeSeal = fc.record({
  origin: fc.constantFrom("anthropic-messages" as const, "bedrock-converse" as const),
  value: fc.string({ minLength: 1, maxLength: 8 }),
});
const maybe = <Value extends object>(name: string, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined }).map((told) => (told === undefined ? {} : { [name]: told }));

const citation = fc.record({
  url: fc.webUrl(),
  title: fc.string(),
  raw: fc.constant({}),
  origin: fc.constant("anthropic-messages" as const),
});

/** Any parts that an answer of another provider may have. */
export const anyParts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    fc
      .tuple(
        fc.oneof(words, fc.constant("")),
        maybe("seal", geminiSeal),
        fc.array(citation, { maxLength: 2 }),
      )
      .map(
        ([text, seal, citations]): Part => ({
          kind: "text",
          text,
          ...seal,
          ...(citations.length > 0 && { citations }),
        }),
      ),
    fc.oneof(words, fc.constant("")).map((text): Part => ({ kind: "refusal", text })),
    fc.tuple(fc.oneof(words, fc.constant("")), fc.boolean(), maybe("seal", claudeSeal)).map(
      ([text, isSummary, seal]): Part => ({
        kind: "reasoning",
        text,
        isSummary,
        isRedacted: false,
        ...seal,
      }),
    ),
    claudeSeal.map((seal): Part => ({ kind: "reasoning", text: "", isRedacted: true, seal })),
    fc
      .tuple(
        fc.oneof(fc.string({ maxLength: 80 }), fc.constantFrom("a", "b", "")),
        fc.oneof(fc.constant(""), fc.json(), words),
        fc.boolean(),
        maybe("seal", geminiSeal),
      )
      .map(
        ([id, argumentsText, isCustom, seal]): Part => ({
          kind: "tool-call",
          id,
          name: "f",
          argumentsText,
          isCustom,
          ...seal,
        }),
      ),
    fc.base64String({ minLength: 1, maxLength: 12 }).map(
      (data): Part => ({
        kind: "image",
        source: { kind: "base64", data },
        mediaType: "image/png",
      }),
    ),
  ),
  { maxLength: 6 },
);
