import Anthropic from "@anthropic-ai/sdk";
import type { Call } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import { createSseReader } from "../../framing/sse.ts";
import { epochMs } from "../../kernel/units.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";

/** What the official SDK makes of a whole answer. */
export async function sdkMessage(body: string | Uint8Array): Promise<Anthropic.Message> {
  return client(body, { status: 200, type: "application/json" }).messages.create(question);
}

/** What the official SDK makes of a stream once it has ended; rejects as the SDK does. */
export async function sdkFinalMessage(events: string | Uint8Array): Promise<Anthropic.Message> {
  return client(events, { status: 200, type: "text/event-stream" }).messages.stream(question).finalMessage();
}

/** The error the official SDK throws for a refusal. */
export async function sdkError(body: string, status: number): Promise<unknown> {
  return client(body, { status, type: "application/json" })
    .messages.create(question)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
}

const question = { model: "any", max_tokens: 16, messages: [{ role: "user" as const, content: "hello" }] };

function client(
  body: string | Uint8Array,
  answer: { readonly status: number; readonly type: string },
): Anthropic {
  return new Anthropic({
    apiKey: "test",
    maxRetries: 0,
    baseURL: "http://127.0.0.1:1",
    fetch: async () =>
      new Response(typeof body === "string" ? body : Buffer.from(body), {
        status: answer.status,
        headers: { "content-type": answer.type },
      }),
  });
}

/** The frames of a whole stream. */
export function framesOf(events: string | Uint8Array): readonly Frame[] {
  const reader = createSseReader();
  return [
    ...reader.push(typeof events === "string" ? new TextEncoder().encode(events) : events),
    ...reader.end(),
  ];
}

/** Where the grammar stands after a whole stream. */
export function grammarAfter(events: string | Uint8Array): GrammarState {
  return framesOf(events).reduce(advance, startGrammar);
}

/** A context as the pipeline gives it. */
export const context = { requestId: "0190-test", startedAt: epochMs(1), call: emptyCall() };

function emptyCall(): Call {
  return {
    source: "anthropic-messages",
    model: "any",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    isStream: true,
    wantsUsage: true,
    extensions: new Map(),
  };
}
