import type { UpstreamDialect } from "../../exchange/dialect.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { objectsOf, optionalString, type Place } from "./fields.ts";

/**
 * How `reasoning_details` names the dialect whose state it carries. The first three are OpenRouter's names; state of a
 * server that has its own (`openai-chat`) goes under that.
 *
 * Source: OpenRouter, "Reasoning tokens"; the `ReasoningFormat` of its SDK.
 */
const formats: ReadonlyMap<UpstreamDialect, string> = new Map([
  ["anthropic-messages", "anthropic-claude-v1"],
  ["openai-responses", "openai-responses-v1"],
  ["gemini-generate", "google-gemini-v1"],
  ["bedrock-converse", "bedrock-converse-v1"],
  ["mistral-chat", "mistral-chat-v1"],
  ["cohere-chat", "cohere-chat-v1"],
]);
const origins: ReadonlyMap<string, UpstreamDialect> = new Map(
  [...formats].map(([origin, format]) => [format, origin]),
);

type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** The reasoning that a client sends back with an assistant message. */
export interface ReadReasoning {
  readonly parts: readonly Reasoning[];
  /** Gemini's seals that stand apart from what they seal: by the id of a tool call, `""` for none. */
  readonly apart: readonly { readonly callId: string; readonly seal: Seal }[];
}

/**
 * Reads the reasoning of an assistant message: `reasoning_details` with its sealed state if there is one, else the
 * plain text of `reasoning_content` or `reasoning`.
 */
export function readReasoning(message: Place): ReadReasoning {
  const parts: Reasoning[] = [];
  const apart: { callId: string; seal: Seal }[] = [];
  let words: { text: string; isSummary: boolean } | undefined;
  for (const { object: detail } of objectsOf(message, "reasoning_details")) {
    const { text, isSummary, seal, isRedacted } = readDetail(detail);
    if (seal?.origin === "gemini-generate" && isRedacted) {
      apart.push({ callId: seal.itemId ?? "", seal: { origin: seal.origin, value: seal.value } });
      continue;
    }
    if (text !== "") words = { text: (words?.text ?? "") + text, isSummary };
    if (seal === undefined) continue;
    // Claude's redacted thinking is a block of its own; all other encrypted state belongs to the words before it.
    const own = isRedacted && seal.origin === "anthropic-messages" ? undefined : words;
    if (own !== undefined) words = undefined;
    parts.push({
      kind: "reasoning",
      text: own?.text ?? "",
      ...(own?.isSummary === true && { isSummary: true }),
      seal,
      isRedacted: isRedacted && own === undefined,
    });
  }
  if (parts.length > 0) return { parts, apart };
  const text = optionalString(message, "reasoning_content") ?? optionalString(message, "reasoning") ?? "";
  return { parts: text === "" ? [] : [{ kind: "reasoning", text, isRedacted: false }], apart };
}

interface ReadDetail {
  readonly text: string;
  readonly isSummary: boolean;
  readonly seal: Seal | undefined;
  /** The entry is state without words. */
  readonly isRedacted: boolean;
}

function readDetail(detail: JsonObject): ReadDetail {
  const { type, text, summary, ...rest } = detail;
  const isRedacted = type === "reasoning.encrypted";
  const value = textIn(isRedacted ? detail["data"] : type === "reasoning.text" ? detail["signature"] : "");
  const origin = origins.get(textIn(detail["format"] ?? formats.get("anthropic-messages")));
  const itemId = textIn(detail["id"]);
  const seal: Seal | undefined =
    value === ""
      ? undefined
      : origin === undefined
        ? { origin: "openai-chat", value: printJson({ type: textIn(type), ...rest }) }
        : { origin, value, ...(itemId !== "" && { itemId }) };
  return { text: textIn(text) || textIn(summary), isSummary: type === "reasoning.summary", seal, isRedacted };
}

/** One entry of `reasoning_details`. */
export type ReasoningDetail = JsonObject;

/**
 * The sealed state of a reasoning part, in the form that `readReasoning` takes back; nothing for one without a seal.
 * `index` is the place of the first entry.
 */
export function detailsFor(part: Reasoning, index: number): readonly ReasoningDetail[] {
  const { seal, text, isRedacted } = part;
  if (seal === undefined) return [];
  const format = formats.get(seal.origin);
  if (format === undefined) return ownDetails(seal.value, part, index);
  const id: JsonObject = seal.itemId === undefined ? {} : { id: seal.itemId };
  if (!isRedacted && part.isSummary !== true && seal.origin !== "openai-responses")
    return [{ type: "reasoning.text", text, signature: seal.value, ...id, format, index }];
  const summary = text === "" ? [] : [{ type: "reasoning.summary", summary: text, format, index }];
  const encrypted = { type: "reasoning.encrypted", data: seal.value, ...id, format };
  return [...summary, { ...encrypted, index: index + summary.length }];
}

/** The entry as its server gave it, with the words that it was parted from. */
function ownDetails(
  value: string,
  { text, isSummary }: Reasoning,
  index: number,
): readonly ReasoningDetail[] {
  const entry = parseJson(value);
  if (!isJsonObject(entry)) {
    return [{ type: "reasoning.encrypted", data: value, format: "unknown", index }];
  }
  const { type = "reasoning.encrypted", ...rest } = entry;
  if (type === "reasoning.text") return [{ type, text, ...rest }];
  if (text === "") return [entry];
  const words: JsonObject =
    isSummary === true ? { type: "reasoning.summary", summary: text } : { type: "reasoning.text", text };
  return [{ ...words, format: entry["format"] ?? "unknown", index }, entry];
}

function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
