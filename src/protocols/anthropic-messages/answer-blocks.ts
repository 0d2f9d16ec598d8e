import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { isJsonObject, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { encodeCitation, stretchesOf } from "./answer-citations.ts";
import type { AnswerIds } from "./answer-ids.ts";
import { encodeSeal, lostSeal, type Sealing } from "./answer-seals.ts";
import type { ContentBlock } from "./wire.ts";

/** A part of an answer as content blocks; no block for what this dialect has no room for. */
export interface EncodedBlocks {
  readonly blocks: readonly ContentBlock[];
  readonly warnings: readonly Warning[];
}

/** What blocks are written by. */
export interface BlockContext {
  readonly ids: AnswerIds;
  readonly sealing: Sealing;
}

/** Writes one part of an answer. Empty and blank text is left out: the API refuses it when it comes back. */
export function encodeBlocks(part: Part, { ids, sealing }: BlockContext): EncodedBlocks {
  switch (part.kind) {
    case "text":
      return encodeText(part, sealing);
    case "refusal":
      return {
        blocks: part.text.trim() === "" ? [] : [{ type: "text", text: part.text }],
        warnings: [],
      };
    case "reasoning":
      return encodeReasoning(part, sealing);
    case "tool-call": {
      const { input, warnings } = encodeInput(part);
      const seal = sealBlocks(part, `tool_use ${part.name}`, sealing);
      const block = { type: "tool_use", id: ids.toolUse(part.id), name: part.name, input } as const;
      return { blocks: [...seal.blocks, block], warnings: [...seal.warnings, ...warnings] };
    }
    case "opaque":
      return part.origin === "anthropic-messages" ? { blocks: [part.raw], warnings: [] } : dropped(part.type);
    case "image":
    case "document":
    case "audio":
    case "video":
    case "tool-result":
      return dropped(part.kind);
  }
}

type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;

function encodeText(part: PartOf<"text">, sealing: Sealing): EncodedBlocks {
  const seal = sealBlocks(part, "text", sealing);
  if (part.text.trim() === "") return seal;
  const isLost = (part.citations ?? []).some((citation) => encodeCitation(citation) === undefined);
  const texts = stretchesOf(part).map(({ text, citations }): ContentBlock => {
    const told = citations.map(encodeCitation).filter((citation) => citation !== undefined);
    return { type: "text", text, ...(told.length > 0 && { citations: told }) };
  });
  return {
    blocks: [...texts, ...seal.blocks],
    warnings: [...(isLost ? [{ kind: "dropped", subject: "citations" } as const] : []), ...seal.warnings],
  };
}

/**
 * Another provider's seal of a text or a tool call: thinking without text, whose signature is the envelope. It stands
 * before a call, and after a text that it seals.
 */
function sealBlocks(
  { seal }: PartOf<"text" | "tool-call">,
  subject: string,
  sealing: Sealing,
): EncodedBlocks {
  if (seal === undefined) return { blocks: [], warnings: [] };
  const signature = encodeSeal(seal, sealing);
  if (signature === "") return { blocks: [], warnings: [lostSeal(subject)] };
  return { blocks: [{ type: "thinking", thinking: "", signature }], warnings: [] };
}

/**
 * Reasoning as thinking with its signature, or as redacted thinking where there is no text that it signs: OpenAI's
 * encrypted state stands apart from the summary that goes before it.
 */
function encodeReasoning(part: PartOf<"reasoning">, sealing: Sealing): EncodedBlocks {
  const { seal, isRedacted } = part;
  const state = encodeSeal(seal, sealing);
  const thinking = sealing.isOmitted ? "" : part.text;
  const isApart = isRedacted || seal?.origin === "openai-responses";
  const warnings = seal !== undefined && state === "" && !isRedacted ? [lostSeal("reasoning")] : [];
  if (!isApart) {
    if (thinking === "" && state === "") return { blocks: [], warnings };
    return { blocks: [{ type: "thinking", thinking, signature: state }], warnings };
  }
  if (isRedacted && state === "") return dropped("reasoning");
  return {
    blocks: [
      ...(thinking === "" ? [] : [{ type: "thinking", thinking, signature: "" } as const]),
      ...(state === "" ? [] : [{ type: "redacted_thinking", data: state } as const]),
    ],
    warnings,
  };
}

function dropped(subject: string): EncodedBlocks {
  return { blocks: [], warnings: [{ kind: "dropped", subject }] };
}

/**
 * Arguments as the object this dialect demands: their own text if it is one, else wrapped and declared; the free input
 * of a custom tool as its member `input`.
 */
function encodeInput({ argumentsText: text, name, isCustom }: PartOf<"tool-call">): {
  readonly input: RawJson;
  readonly warnings: readonly Warning[];
} {
  if (isCustom === true) {
    return { input: new RawJson(printJson({ input: text })), warnings: [emulatedCall(name)] };
  }
  if (text.trim() === "") return { input: new RawJson("{}"), warnings: [] };
  if (isJsonObject(parseJson(text))) return { input: new RawJson(text), warnings: [] };
  const note = "its arguments are no JSON object and stand in the member arguments";
  return {
    input: new RawJson(printJson({ arguments: text })),
    warnings: [{ kind: "changed", subject: `tool_use ${name}`, note }],
  };
}

/** The declaration for a call of a tool with free input, which this dialect does not have. */
export function emulatedCall(name: string): Warning {
  return { kind: "emulated", subject: `tool_use ${name}`, note: "its free input stands in the member input" };
}
