import type { StreamPart } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";
import { citationsOf } from "./citations.ts";
import { decodeBlock, stringOf } from "./response.ts";

/** Reads content blocks; parts are numbered in the order in which their blocks begin. */
export interface BlockReader {
  /** The parts of a `content_block_*` event. */
  readonly read: (data: JsonObject, raw: JsonSlice) => readonly StreamPart[];
  /** The parts of a block that came whole, inside `message_start`. */
  readonly whole: (block: Json, raw: JsonSlice | undefined) => readonly StreamPart[];
  /** The ends of blocks that are still open. */
  readonly closeAll: () => readonly StreamPart[];
}

interface OpenBlock {
  readonly part: number;
  readonly type: "text" | "thinking" | "tool_use" | "other";
  /** The block as it began; its text. */
  readonly begun: string;
  signature: string;
  /** Pieces of a tool's input. */
  input: string;
}

export function createBlockReader(): BlockReader {
  const open = new Map<number, OpenBlock>();
  let parts = 0;

  const start = (data: JsonObject, raw: JsonSlice | undefined): readonly StreamPart[] => {
    const block = data["content_block"];
    const index = indexOf(data);
    if (!isJsonObject(block) || index === undefined || open.has(index)) return [];
    const part = parts;
    parts += 1;
    const begun = raw?.text() ?? "{}";
    const type = typeOf(block);
    open.set(index, { part, type, begun, signature: stringOf(block, "signature"), input: "" });
    switch (type) {
      case "text":
        return [
          { kind: "text-start", part },
          ...delta("text-delta", part, stringOf(block, "text")),
          ...cited(part, block["citations"]),
        ];
      case "thinking":
        return [
          { kind: "reasoning-start", part },
          ...delta("reasoning-delta", part, stringOf(block, "thinking")),
        ];
      case "tool_use":
        return [{ kind: "tool-input-start", part, id: stringOf(block, "id"), name: stringOf(block, "name") }];
      case "other":
        return [];
    }
  };

  const proceed = (data: JsonObject): readonly StreamPart[] => {
    const block = open.get(indexOf(data) ?? -1);
    const change = data["delta"];
    if (block === undefined || !isJsonObject(change)) return [];
    switch (change["type"]) {
      case "text_delta":
        return block.type === "text" ? delta("text-delta", block.part, stringOf(change, "text")) : [];
      case "citations_delta":
        return block.type === "text" ? cited(block.part, [change["citation"] ?? null]) : [];
      case "thinking_delta":
        return block.type === "thinking"
          ? delta("reasoning-delta", block.part, stringOf(change, "thinking"))
          : [];
      case "signature_delta":
        block.signature = stringOf(change, "signature");
        return [];
      case "input_json_delta": {
        const argumentsText = stringOf(change, "partial_json");
        block.input += argumentsText;
        if (block.type !== "tool_use" || argumentsText === "") return [];
        return [{ kind: "tool-input-delta", part: block.part, argumentsText }];
      }
      default:
        return [];
    }
  };

  const closeAll = (): readonly StreamPart[] => {
    const ends = [...open.values()].flatMap(close);
    open.clear();
    return ends;
  };

  return {
    read(data, raw) {
      switch (data["type"]) {
        case "content_block_start":
          return start(data, raw.member("content_block"));
        case "content_block_delta":
          return proceed(data);
        default: {
          const index = indexOf(data) ?? -1;
          const block = open.get(index);
          open.delete(index);
          return block === undefined ? [] : close(block);
        }
      }
    },
    whole: (block, raw) => [...start({ index: wholeIndex, content_block: block }, raw), ...closeAll()],
    closeAll,
  };
}

/** The place of a block that opens and closes at once. */
const wholeIndex = -1;

function close(block: OpenBlock): readonly StreamPart[] {
  const { part } = block;
  switch (block.type) {
    case "text":
      return [{ kind: "text-end", part }];
    case "thinking": {
      const seal = { origin: "anthropic-messages", value: block.signature } as const;
      return [{ kind: "reasoning-end", part, ...(block.signature === "" ? {} : { seal }) }];
    }
    case "tool_use": {
      // An input that came with the block, `{}` for none, and no pieces after it.
      const whole = block.input === "" ? (jsonSlice(block.begun).member("input")?.text() ?? "") : "";
      const given: readonly StreamPart[] =
        whole === "" ? [] : [{ kind: "tool-input-delta", part, argumentsText: whole }];
      return [...given, { kind: "tool-input-end", part }];
    }
    case "other":
      return [{ kind: "whole", part, value: wholeBlock(block) }];
  }
}

/** A block that is told in one piece, with the input that came after its start. */
function wholeBlock({ begun, input }: OpenBlock): Extract<StreamPart, { kind: "whole" }>["value"] {
  const value = parseJson(begun);
  const block = isJsonObject(value) ? value : {};
  if (!isJsonObject(parseJson(input))) return decodeBlock(block, () => jsonSlice(begun));
  const raw = jsonSlice(begun);
  const members = Object.keys(block).map(
    (name) => [name, new RawJson(raw.member(name)?.text() ?? "null")] as const,
  );
  const text = printJson({ ...Object.fromEntries(members), input: new RawJson(input) });
  return decodeBlock(block, () => jsonSlice(text));
}

function typeOf(block: JsonObject): OpenBlock["type"] {
  const type = block["type"];
  return type === "text" || type === "thinking" || type === "tool_use" ? type : "other";
}

function indexOf(data: JsonObject): number | undefined {
  return typeof data["index"] === "number" ? data["index"] : undefined;
}

function cited(part: number, citations: Json | undefined): readonly StreamPart[] {
  return citationsOf(citations).map((citation) => ({ kind: "citation", part, citation }));
}

function delta(kind: "text-delta" | "reasoning-delta", part: number, text: string): readonly StreamPart[] {
  return text === "" ? [] : [{ kind, part, text }];
}
