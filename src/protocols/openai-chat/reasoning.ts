import type { Part } from "../../exchange/part.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { objectsOf, optionalString, type Place } from "./fields.ts";

/** How `reasoning_details` names the vendor whose state it carries. */
const claudeFormat = "anthropic-claude-v1";

/**
 * Reads the reasoning of an assistant message that a client sends back: `reasoning_details` with its sealed state if
 * there is one, else the plain text of `reasoning_content` or `reasoning`.
 *
 * Source: OpenRouter, "Reasoning Tokens", `reasoning_details`.
 */
export function readReasoning(message: Place): readonly Part[] {
  const sealed = objectsOf(message, "reasoning_details").flatMap(({ object }) => detailOf(object));
  if (sealed.length > 0) return sealed;
  const text = optionalString(message, "reasoning_content") ?? optionalString(message, "reasoning") ?? "";
  return text === "" ? [] : [{ kind: "reasoning", text, isRedacted: false }];
}

function detailOf(detail: JsonObject): readonly Part[] {
  if (detail["format"] !== claudeFormat) return [];
  const { type, text, signature, data } = detail;
  if (type === "reasoning.encrypted" && typeof data === "string") {
    return [
      { kind: "reasoning", text: "", seal: { origin: "anthropic-messages", value: data }, isRedacted: true },
    ];
  }
  if (type !== "reasoning.text" || typeof text !== "string" || typeof signature !== "string") return [];
  return [
    { kind: "reasoning", text, seal: { origin: "anthropic-messages", value: signature }, isRedacted: false },
  ];
}

/** One entry of `reasoning_details`. */
export type ReasoningDetail =
  | {
      readonly type: "reasoning.text";
      readonly text: string;
      readonly signature: string;
      readonly format: string;
      readonly index: number;
    }
  | {
      readonly type: "reasoning.encrypted";
      readonly data: string;
      readonly format: string;
      readonly index: number;
    };

/** The sealed state of a reasoning part, in the form that `readReasoning` takes back; nothing for one without a seal. */
export function detailFor(
  part: Extract<Part, { kind: "reasoning" }>,
  index: number,
): ReasoningDetail | undefined {
  if (part.seal?.origin !== "anthropic-messages") return undefined;
  return part.isRedacted
    ? { type: "reasoning.encrypted", data: part.seal.value, format: claudeFormat, index }
    : { type: "reasoning.text", text: part.text, signature: part.seal.value, format: claudeFormat, index };
}
