import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import type { AnswerIds } from "./answer-ids.ts";
import type { ContentBlock } from "./wire.ts";

/** A part of an answer as a content block; no block for what this dialect has no room for. */
export interface EncodedBlock {
  readonly block?: ContentBlock;
  readonly warnings: readonly Warning[];
}

/** Writes one part of an answer. Empty and blank text is left out: the API refuses it when it comes back. */
export function encodeBlock(part: Part, ids: AnswerIds): EncodedBlock {
  switch (part.kind) {
    case "text":
    case "refusal":
      return part.text.trim() === ""
        ? { warnings: [] }
        : { block: { type: "text", text: part.text }, warnings: [] };
    case "reasoning": {
      const seal = part.seal?.origin === "anthropic-messages" ? part.seal.value : undefined;
      if (part.isRedacted) {
        if (seal === undefined) return dropped("reasoning");
        return { block: { type: "redacted_thinking", data: seal }, warnings: [] };
      }
      if (part.text === "" && seal === undefined) return { warnings: [] };
      return { block: { type: "thinking", thinking: part.text, signature: seal ?? "" }, warnings: [] };
    }
    case "tool-call": {
      const { input, warnings } = encodeInput(part.argumentsText, part.name);
      return { block: { type: "tool_use", id: ids.toolUse(part.id), name: part.name, input }, warnings };
    }
    case "opaque":
      return part.origin === "anthropic-messages" ? { block: part.raw, warnings: [] } : dropped(part.type);
    case "image":
    case "document":
    case "audio":
    case "video":
    case "tool-result":
      return dropped(part.kind);
  }
}

function dropped(subject: string): EncodedBlock {
  return { warnings: [{ kind: "dropped", subject }] };
}

/** Arguments as the object this dialect demands: their own text if it is one, else wrapped and declared. */
function encodeInput(
  text: string,
  tool: string,
): { readonly input: RawJson; readonly warnings: readonly Warning[] } {
  if (text.trim() === "") return { input: new RawJson("{}"), warnings: [] };
  if (isJsonObject(parseJson(text))) return { input: new RawJson(text), warnings: [] };
  const note = "its arguments are no JSON object and stand in the member arguments";
  return {
    input: new RawJson(printJson({ arguments: text })),
    warnings: [{ kind: "changed", subject: `tool_use ${tool}`, note }],
  };
}
