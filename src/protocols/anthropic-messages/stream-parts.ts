import type { Citation, Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { RawJson } from "../../kernel/json.ts";
import { type BlockContext, encodeBlocks } from "./answer-blocks.ts";
import { encodeCitation } from "./answer-citations.ts";
import type { Held } from "./answer-finish.ts";
import { encodeSeal, lostSeal } from "./answer-seals.ts";
import { createBlockWriter } from "./stream-blocks.ts";
import type { BlockPart } from "./stream-turnstile.ts";

/** Writes parts as blocks, in the order in which they are given. */
export interface PartWriter {
  readonly write: (part: BlockPart) => string;
  /** What the answer held so far. */
  readonly held: () => Held;
  /** Ends the open block, if there is one. */
  readonly close: () => string;
}

interface PartWriting extends BlockContext {
  readonly warn: (...warnings: readonly Warning[]) => void;
}

export function createPartWriter({ ids, sealing, warn }: PartWriting): PartWriter {
  const blocks = createBlockWriter();
  /** White space that a text began with: held until the text is more than that. */
  const blank = new Map<number, string>();
  /** That of texts which were nothing else: the API refuses such blocks when they come back, so it begins the next text. */
  let carried = "";
  let hasToolCall = false;
  let hasRefusal = false;

  const text = (part: number, delta: string): string => {
    if (blocks.openPart() === part) return delta === "" ? "" : blocks.text(part, delta);
    const held = (blank.get(part) ?? "") + delta;
    if (held.trim() === "") {
      blank.set(part, held);
      return "";
    }
    blank.delete(part);
    const begun = carried + held;
    carried = "";
    return blocks.text(part, begun);
  };
  const endOf = (part: number): string => {
    carried += blank.get(part) ?? "";
    blank.delete(part);
    return blocks.openPart() === part ? blocks.close() : "";
  };

  /** Thinking without text, whose signature is the envelope of another provider's seal of a text or a call. */
  const sealed = (part: number, seal: Seal | undefined, subject: string): string => {
    if (seal === undefined) return "";
    const signature = encodeSeal(seal, sealing);
    if (signature !== "") return blocks.signature(part, signature) + blocks.close();
    warn(lostSeal(subject));
    return "";
  };
  const endReasoning = (part: number, seal: Seal | undefined): string => {
    const state = encodeSeal(seal, sealing);
    if (seal === undefined || state === "") {
      if (seal !== undefined) warn(lostSeal("reasoning"));
      return endOf(part);
    }
    // OpenAI's state stands apart from the summary.
    return seal.origin === "openai-responses"
      ? endOf(part) + blocks.whole({ type: "redacted_thinking", data: state })
      : blocks.signature(part, state) + endOf(part);
  };
  const cite = (part: number, citation: Citation): string => {
    const told = encodeCitation(citation);
    const written = told === undefined ? undefined : blocks.citation(part, told);
    if (written === undefined) warn({ kind: "dropped", subject: "citations" });
    return written ?? "";
  };

  const write = (part: BlockPart): string => {
    switch (part.kind) {
      case "text-start":
      case "reasoning-start":
        return "";
      case "refusal-start":
        hasRefusal = true;
        return "";
      case "text-delta":
      case "refusal-delta":
        return text(part.part, part.text);
      case "reasoning-delta":
        return part.text === "" || sealing.isOmitted ? "" : blocks.thinking(part.part, part.text);
      case "reasoning-end":
        return endReasoning(part.part, part.seal);
      case "tool-input-start":
        hasToolCall = true;
        return (
          sealed(part.part, part.seal, `tool_use ${part.name}`) +
          blocks.toolStart(part.part, { id: ids.toolUse(part.id), name: part.name })
        );
      case "tool-input-delta":
        return part.argumentsText === "" ? "" : blocks.toolInput(part.argumentsText);
      // Clients of this dialect cannot ask for them.
      case "logprobs":
        return "";
      case "citation":
        return cite(part.part, part.citation);
      case "text-end":
        return endOf(part.part) + sealed(part.part, part.seal, "text");
      case "refusal-end":
      case "tool-input-end":
        return endOf(part.part);
      case "whole":
        return whole(part.part, part.value);
    }
  };
  const whole = (part: number, value: Part): string => {
    hasToolCall ||= value.kind === "tool-call";
    hasRefusal ||= value.kind === "refusal";
    const encoded = encodeBlocks(value, { ids, sealing });
    warn(...encoded.warnings);
    return encoded.blocks
      .map((block) => {
        if (block instanceof RawJson || block.type !== "thinking") return blocks.whole(block);
        const { thinking, signature } = block;
        return (
          (thinking === "" ? "" : blocks.thinking(part, thinking)) +
          (signature === "" ? "" : blocks.signature(part, signature)) +
          blocks.close()
        );
      })
      .join("");
  };

  return { write, held: () => ({ hasToolCall, hasRefusal }), close: blocks.close };
}
