import type { Part } from "../../exchange/part.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { encodeMedia } from "./request-media.ts";
import { type Block, type RequestNotes, refuse } from "./request-notes.ts";

export type MessageRole = "user" | "assistant";
type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;

/**
 * Writes one part of a turn as its block and the cache point behind it. Nothing for blank text, and for reasoning that
 * this provider did not seal.
 */
export function encodePart(part: Part, role: MessageRole, notes: RequestNotes): readonly Block[] {
  const block = encodeBlock(part, role, notes);
  const mark = part.kind === "tool-result" ? (part.cache ?? markInside(part)) : part.cache;
  if (block !== undefined && part.kind !== "reasoning") return [block, ...notes.cachePoint(mark, "text")];
  if (mark !== undefined) notes.drop("cache_control", "it is on content that takes none");
  return block === undefined ? [] : [block];
}

function encodeBlock(part: Part, role: MessageRole, notes: RequestNotes): Block | undefined {
  switch (part.kind) {
    case "text":
    case "refusal":
      return part.text.trim() === "" ? undefined : { text: part.text };
    case "image":
    case "document":
    case "audio":
    case "video":
      if (role === "assistant")
        return refuse("unsupported_content", "messages", `An assistant message cannot carry a ${part.kind}.`);
      return encodeMedia(part, notes);
    case "reasoning":
      return encodeReasoning(part, notes);
    case "tool-call":
      return {
        toolUse: { toolUseId: notes.toolId(part.id), name: part.name, input: encodeInput(part, notes) },
      };
    case "tool-result":
      return encodeToolResult(part, notes);
    case "opaque":
      return encodeOpaque(part);
  }
}

function encodeOpaque({ origin, raw, type }: PartOf<"opaque">): Block {
  if (origin === "bedrock-converse") return raw;
  return refuse("unsupported_content", "messages", `This model does not take content of type ${type}.`);
}

/** Reasoning goes back only to the provider that sealed it; without its seal it would be refused. */
function encodeReasoning(
  { text, seal, isRedacted }: PartOf<"reasoning">,
  notes: RequestNotes,
): Block | undefined {
  if (seal?.origin !== "bedrock-converse") {
    notes.drop("reasoning", "it has no signature of this provider");
    return undefined;
  }
  return isRedacted
    ? { reasoningContent: { redactedContent: seal.value } }
    : { reasoningContent: { reasoningText: { text, signature: seal.value } } };
}

/**
 * Arguments as an object: their own text if they are one, else wrapped, declared, and unwrapped on the way back. The
 * free input of a custom tool stands in the one property it was given.
 */
function encodeInput({ argumentsText, name, isCustom }: PartOf<"tool-call">, notes: RequestNotes): RawJson {
  if (isCustom === true) return new RawJson(printJson({ input: argumentsText }));
  if (argumentsText.trim() === "") return new RawJson("{}");
  if (isJsonObject(parseJson(argumentsText))) return new RawJson(argumentsText);
  const note = "its arguments are no JSON object and stand in the member arguments";
  notes.note({ kind: "changed", subject: `tool call ${name}`, note });
  return new RawJson(printJson({ arguments: argumentsText }));
}

function encodeToolResult({ callId, content, isError }: PartOf<"tool-result">, notes: RequestNotes): Block {
  if (isError && !notes.abilities.resultStatus)
    notes.drop("is_error", "this model takes no status of results");
  return {
    toolResult: {
      toolUseId: notes.toolId(callId),
      content: content.flatMap((part) => encodeResultPart(part, notes) ?? []),
      status: isError && notes.abilities.resultStatus ? "error" : undefined,
    },
  };
}

function encodeResultPart(part: Part, notes: RequestNotes): Block | undefined {
  switch (part.kind) {
    case "text":
    case "refusal":
    case "image":
    case "document":
    case "video":
      return encodeBlock(part, "user", notes);
    case "opaque":
      return encodeOpaque(part);
    case "audio":
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return refuse("unsupported_content", "messages", `A tool result cannot carry a ${part.kind}.`);
  }
}

/** Converse has no cache point inside a tool result: it stands behind it. */
function markInside({ content }: PartOf<"tool-result">): Part["cache"] {
  return content.findLast(({ cache }) => cache !== undefined)?.cache;
}
