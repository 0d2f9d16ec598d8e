import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { encodeResponsesRequest } from "./request.ts";

export const text = (words: string): Part => ({ kind: "text", text: words });
export const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
export const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
export const toolCall = (id: string, argumentsText = "{}", name = "f"): Part => ({
  kind: "tool-call",
  id,
  name,
  argumentsText,
});
export const result = (callId: string, ...content: readonly Part[]): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content,
});
export const seal = (value: string, itemId = "rs_1"): Seal => ({ origin: "openai-responses", value, itemId });
export const thought = (own: Seal | undefined, words = "hm"): Part => ({
  kind: "reasoning",
  text: words,
  isSummary: true,
  isRedacted: false,
  ...(own !== undefined && { seal: own }),
});
export const opaque = (
  type: string,
  origin: "openai-responses" | "anthropic-messages" = "openai-responses",
): Part => ({
  kind: "opaque",
  type,
  origin,
  raw: new RawJson(`{"type": "${type}", "n": 1.0}`),
});
export const tool = { kind: "function", name: "f", parameters: { type: "object" } } as const;

/** The body, and what writing it declared: `dropped seed`. */
export function written(changes: Partial<Call>, model = "gpt-4o") {
  const encoded = encodeResponsesRequest(chatCall(changes), { model });
  if (encoded.kind === "refused") throw encoded.error;
  return {
    text: encoded.body,
    body: JSON.parse(encoded.body),
    declared: encoded.warnings.map(({ kind, subject }) => `${kind} ${subject}`),
  };
}
export const refused = (changes: Partial<Call>, model = "gpt-4o") => {
  const encoded = encodeResponsesRequest(chatCall(changes), { model });
  return encoded.kind === "refused" ? [encoded.error.code, encoded.error.facts.param] : undefined;
};
export const inputOf = (...turns: readonly Turn[]) => written({ turns }).body.input;
