import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** What a message, or a piece of one, says. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
}

/**
 * The words of a message or delta, in any server's form: `reasoning_content`, `reasoning`, or `content` as a list with
 * thinking parts among the text (Mistral).
 */
export function wordsOf(message: JsonObject): Said {
  const { content } = message;
  const listed = Array.isArray(content) ? content.filter(isJsonObject) : [];
  const reasoning = textIn(message["reasoning_content"]) || textIn(message["reasoning"]);
  return {
    text:
      textIn(content) + listed.map((part) => (part["type"] === "text" ? textIn(part["text"]) : "")).join(""),
    reasoning:
      reasoning +
      listed.map((part) => (part["type"] === "thinking" ? thinkingIn(part["thinking"]) : "")).join(""),
    refusal: textIn(message["refusal"]),
  };
}

/** One entry of `tool_calls`, as far as it is told. */
export interface CallPiece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
  /** A call of a tool with free input. */
  readonly isCustom: boolean;
  /** Gemini's seal of the call, `""` for none. */
  readonly signature: string;
}

/** The tool calls of a message or delta; the one call of the form before tools counts as the first. */
export function callsOf(message: JsonObject): readonly CallPiece[] {
  const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"].filter(isJsonObject) : [];
  const before = message["function_call"];
  return [
    ...calls.map((call) => pieceOf(call, isJsonObject(call["custom"]) ? call["custom"] : call["function"])),
    ...(isJsonObject(before) ? [pieceOf({ index: 0 }, before)] : []),
  ];
}

function pieceOf(call: JsonObject, called: Json | undefined): CallPiece {
  const target = isJsonObject(called) ? called : {};
  const argumentsValue = target["arguments"] ?? target["input"] ?? "";
  return {
    index: typeof call["index"] === "number" ? call["index"] : undefined,
    id: textIn(call["id"]),
    name: textIn(target["name"]),
    argumentsText: typeof argumentsValue === "string" ? argumentsValue : JSON.stringify(argumentsValue),
    isCustom: isJsonObject(call["custom"]) || call["type"] === "custom",
    signature: signatureIn(call),
  };
}

/**
 * Gemini's seal on a message or a tool call, as Google's own Chat endpoint tells it; `""` for none.
 *
 * Source: Google AI for Developers, "OpenAI compatibility", thought signatures.
 */
export function signatureIn(sealed: JsonObject): string {
  const extra = sealed["extra_content"];
  const google = isJsonObject(extra) ? extra["google"] : undefined;
  return isJsonObject(google) ? textIn(google["thought_signature"]) : "";
}

function thinkingIn(value: Json | undefined): string {
  if (!Array.isArray(value)) return textIn(value);
  return value.map((part: Json) => (isJsonObject(part) ? textIn(part["text"]) : "")).join("");
}

export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
