import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson, RawJson } from "../../kernel/json.ts";
import { citationsOf } from "./citations.ts";
import { failureOfEvent, malformed } from "./error.ts";
import { decodeFinish } from "./finish.ts";
import { foldUsage, usageOf } from "./usage.ts";

/** Reads a whole message. Tool inputs and blocks of unknown types keep their text. */
export function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const message = parseJson(text);
  if (!isJsonObject(message)) return { kind: "failure", failure: malformed("The answer is no JSON object.") };
  if (message["type"] === "error") return { kind: "failure", failure: failureOfEvent(message) };
  const content = message["content"];
  if (!isMessage(message) || !Array.isArray(content)) {
    return { kind: "failure", failure: malformed("The answer is no message.") };
  }
  const raw = jsonSlice(text);
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    if (!isJsonObject(block)) return { kind: "failure", failure: malformed("A content block is no object.") };
    parts.push(decodeBlock(block, () => raw.member("content")?.element(index)));
  }
  const usage = foldUsage(undefined, message["usage"], raw.member("usage"));
  return {
    kind: "answer",
    answer: {
      answerId: stringOf(message, "id"),
      model: stringOf(message, "model"),
      parts,
      finish: decodeFinish(message),
      ...(usage === undefined ? {} : { usage: usageOf(usage, "reported") }),
    },
    warnings: [],
  };
}

/** Reads a whole message that passes byte for byte; `undefined` when it is none. */
export function tapAnswer(body: Uint8Array): Tapped | undefined {
  const text = decoder.decode(body);
  const message = parseJson(text);
  if (!isJsonObject(message) || !isMessage(message)) return undefined;
  const usage = foldUsage(undefined, message["usage"], jsonSlice(text).member("usage"));
  return {
    model: stringOf(message, "model"),
    ...(usage === undefined ? {} : { usage: usageOf(usage, "reported") }),
    finish: decodeFinish(message),
  };
}

/** Reads one block of an answer; `raw` finds its text when that is needed. */
export function decodeBlock(block: JsonObject, raw: () => JsonSlice | undefined): Part {
  const type = stringOf(block, "type");
  switch (type) {
    case "text": {
      const citations = citationsOf(block["citations"]);
      return { kind: "text", text: stringOf(block, "text"), ...(citations.length > 0 && { citations }) };
    }
    case "thinking": {
      const signature = stringOf(block, "signature");
      return {
        kind: "reasoning",
        text: stringOf(block, "thinking"),
        isRedacted: false,
        ...(signature === "" ? {} : { seal: { origin: "anthropic-messages", value: signature } }),
      };
    }
    case "redacted_thinking": {
      const seal = { origin: "anthropic-messages", value: stringOf(block, "data") } as const;
      return { kind: "reasoning", text: "", isRedacted: true, seal };
    }
    case "tool_use": {
      const argumentsText = raw()?.member("input")?.text() ?? "";
      return { kind: "tool-call", id: stringOf(block, "id"), name: stringOf(block, "name"), argumentsText };
    }
    default:
      return {
        kind: "opaque",
        type,
        origin: "anthropic-messages",
        raw: new RawJson(raw()?.text() ?? "null"),
      };
  }
}

function isMessage(value: JsonObject): boolean {
  return value["type"] === "message" && Array.isArray(value["content"]);
}

const decoder = new TextDecoder("utf-8");

/** A member that is text; `""` when it is not. */
export function stringOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}
