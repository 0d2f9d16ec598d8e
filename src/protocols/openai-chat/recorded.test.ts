import { describe, expect, it } from "vitest";
import { recordedChat } from "../../../test/support/recorded-chat.ts";
import { createSseReader } from "../../framing/sse.ts";
import { decodeChat } from "./decode.ts";
import { advance, type ChatGrammar, chatGrammar, type Violation } from "./grammar.ts";
import { readChat } from "./read.ts";

interface WireFunction {
  readonly name: string;
  readonly arguments: string;
}

/** An independent, plain reading of the wire. */
interface WireRequest {
  readonly service_tier?: string;
  readonly model: string;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number | null;
  readonly n?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly tools?: readonly unknown[];
  readonly functions?: readonly unknown[];
  readonly messages: readonly {
    readonly role: string;
    readonly content?: string | null | readonly { readonly text?: string }[];
    readonly tool_calls?: readonly { readonly function: WireFunction }[];
    readonly function_call?: WireFunction | null;
  }[];
}

const bodyOf = (request: Buffer): WireRequest => JSON.parse(request.toString());

const records = recordedChat();

describe.skipIf(records.length === 0)("recorded requests", () => {
  it("are all read, with the facts that a full parse finds", () => {
    expect(records.length).toBeGreaterThanOrEqual(434);
    for (const { name, request } of records) {
      const body = bodyOf(request);
      const limit = body.max_completion_tokens ?? body.max_tokens;
      const reading = readChat(request);
      if (reading.kind !== "facts") throw new Error(`${name} is refused`);
      const { streamOptions, ...facts } = reading.facts;
      expect(streamOptions && JSON.parse(streamOptions), name).toEqual(body.stream_options);
      expect({ facts }, name).toEqual({
        facts: {
          model: body.model,
          isStream: body.stream ?? false,
          wantsUsage: body.stream_options?.include_usage ?? false,
          ...(typeof limit === "number" && { outputTokensMax: limit }),
          ...(typeof body.n === "number" && body.n > 1 && { choices: body.n }),
          ...(typeof body.service_tier === "string" && { tier: body.service_tier }),
        },
      });
    }
  });

  it("are all decoded, every message, call and tool among them", () => {
    for (const { name, request } of records) {
      const body = bodyOf(request);
      const decoding = decodeChat(request);
      expect(decoding, name).toMatchObject({ kind: "call" });
      if (decoding.kind !== "call") continue;
      const { call } = decoding;
      const parts = [...call.instructions, ...call.turns.flatMap((turn) => turn.parts)];
      const texts = parts
        .flatMap((part) => (part.kind === "tool-result" ? part.content : [part]))
        .flatMap((part) => (part.kind === "text" ? [part.text] : []));
      expect(texts.toSorted(), name).toEqual(textsOf(body).toSorted());
      const calls = parts.flatMap((part) =>
        part.kind === "tool-call" ? [[part.name, part.argumentsText]] : [],
      );
      expect(calls, name).toEqual(callsOf(body));
      expect(parts.filter((part) => part.kind === "tool-result").length, name).toBe(
        body.messages.filter(({ role }) => role === "tool" || role === "function").length,
      );
      expect(call.tools.length, name).toBe((body.tools ?? body.functions ?? []).length);
      expect(call.model, name).toBe(body.model);
    }
  });
});

/** OpenAI's own: not OpenRouter's, which names the provider behind it. */
const isNative = (text: string): boolean => text.startsWith("data: {") && !text.includes('"provider":');

function textsOf({ messages }: WireRequest): readonly string[] {
  return messages.flatMap(({ content }) => {
    if (typeof content === "string") return content === "" ? [] : [content];
    return (content ?? []).flatMap(({ text }) => (text === undefined ? [] : [text]));
  });
}

function callsOf({ messages }: WireRequest): readonly unknown[] {
  const called = messages.flatMap(({ tool_calls, function_call }) => [
    ...(tool_calls ?? []).map((call) => call.function),
    ...(function_call ? [function_call] : []),
  ]);
  return called.map((call) => [call.name, call.arguments]);
}

describe.skipIf(records.length === 0)("the grammar", () => {
  it("takes every recorded stream of OpenAI itself, from the role to [DONE]", () => {
    const native = records.filter(({ isStream, response }) => isStream && isNative(response.toString()));
    expect(native.length).toBeGreaterThan(80);
    const refused = native.flatMap(({ name, request, response }) => {
      const wantsUsage = bodyOf(request).stream_options?.include_usage === true;
      const reader = createSseReader();
      let state: ChatGrammar | Violation = chatGrammar(wantsUsage);
      for (const { data } of [...reader.push(response), ...reader.end()]) {
        state = advance(state, data);
        if ("kind" in state) return [{ name, why: state.message, data }];
      }
      return state.phase === "end" ? [] : [{ name, why: `ended while ${state.phase}`, data: "" }];
    });
    expect(refused).toEqual([]);
  });
});
