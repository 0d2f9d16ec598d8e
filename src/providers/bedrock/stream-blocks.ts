import type { StreamPart } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import { decodeCitation, isServerTool, stringOf } from "./blocks.ts";
import { close, type OpenBlock } from "./stream-block-end.ts";

/** Reads content blocks; parts are numbered in the order in which their blocks begin. */
export interface BlockReader {
  readonly start: (data: JsonObject, raw: JsonSlice) => readonly StreamPart[];
  readonly delta: (data: JsonObject, raw: JsonSlice) => readonly StreamPart[];
  readonly stop: (data: JsonObject) => readonly StreamPart[];
  /** The ends of blocks that are still open. */
  readonly closeAll: () => readonly StreamPart[];
  /** Whether a tool was called. */
  readonly hasCalls: () => boolean;
}

/**
 * Texts and reasoning begin with their first piece, without a start of their own, and none begins with an empty piece.
 * A piece of another kind than the open block's ends that and begins its own.
 */
export function createBlockReader(): BlockReader {
  const open = new Map<number, OpenBlock>();
  let parts = 0;
  let calls = 0;

  const end = (index: number): readonly StreamPart[] => {
    const block = open.get(index);
    open.delete(index);
    return block === undefined ? [] : close(block);
  };
  /** Opens a block in place of whatever is open under this index. */
  const begin = (
    index: number,
    make: (part: number) => OpenBlock,
    announce: (part: number) => readonly StreamPart[] = () => [],
  ): readonly StreamPart[] => {
    const before = end(index);
    const part = parts;
    parts += 1;
    open.set(index, make(part));
    return [...before, ...announce(part)];
  };
  const words = (index: number, kind: "text" | "reasoning"): readonly StreamPart[] => {
    if (open.get(index)?.kind === kind) return [];
    return begin(
      index,
      (part) => (kind === "text" ? { kind, part } : { kind, part, signature: "" }),
      (part) => [{ kind: `${kind}-start`, part }],
    );
  };
  const say = (index: number, kind: "text" | "reasoning", text: string): readonly StreamPart[] => {
    if (text === "") return [];
    const begun = words(index, kind);
    return [...begun, { kind: `${kind}-delta`, part: partAt(index), text }];
  };
  const partAt = (index: number): number => open.get(index)?.part ?? 0;
  const collect = (index: number, { kind, make, piece }: Collected): readonly StreamPart[] => {
    const begun = open.get(index)?.kind === kind ? [] : begin(index, make);
    const block = open.get(index);
    if (block !== undefined && "pieces" in block) block.pieces.push(piece);
    return begun;
  };
  const think = (index: number, content: JsonObject): readonly StreamPart[] => {
    const { text, signature, redactedContent } = content;
    if (typeof redactedContent === "string") {
      return collect(index, {
        kind: "redacted",
        make: (part) => ({ kind: "redacted", part, pieces: [] }),
        piece: redactedContent,
      });
    }
    if (typeof signature === "string" && signature !== "") {
      const begun = words(index, "reasoning");
      const block = open.get(index);
      if (block?.kind === "reasoning") block.signature += signature;
      return begun;
    }
    return typeof text === "string" ? say(index, "reasoning", text) : [];
  };

  return {
    start(data, raw) {
      const index = indexOf(data);
      const start = isJsonObject(data["start"]) ? data["start"] : {};
      const { toolUse, image: picture } = start;
      if (isJsonObject(toolUse) && !isServerTool(toolUse)) {
        calls += 1;
        return begin(
          index,
          (part) => ({ kind: "tool", part }),
          (part) => [
            {
              kind: "tool-input-start",
              part,
              id: stringOf(toolUse, "toolUseId"),
              name: stringOf(toolUse, "name"),
            },
          ],
        );
      }
      if (isJsonObject(picture)) {
        const format = stringOf(picture, "format");
        return begin(index, (part) => ({
          kind: "image",
          part,
          pieces: [],
          format: format === "" ? undefined : format,
        }));
      }
      const [type] = Object.keys(start);
      if (type === undefined || type === "text") return [];
      const begun = raw.member("start")?.member(type)?.text() ?? "{}";
      return begin(index, (part) => ({ kind: "other", part, type, begun, pieces: [] }));
    },
    delta(data, raw) {
      const index = indexOf(data);
      const delta = isJsonObject(data["delta"]) ? data["delta"] : {};
      const { text, toolUse, reasoningContent, citation, image: picture } = delta;
      if (typeof text === "string") return say(index, "text", text);
      if (isJsonObject(reasoningContent)) return think(index, reasoningContent);
      const block = open.get(index);
      if (isJsonObject(toolUse) && block?.kind === "tool") {
        const argumentsText = stringOf(toolUse, "input");
        return argumentsText === "" ? [] : [{ kind: "tool-input-delta", part: block.part, argumentsText }];
      }
      if (isJsonObject(citation)) {
        const begun = words(index, "text");
        return [...begun, { kind: "citation", part: partAt(index), citation: decodeCitation(citation) }];
      }
      const bytes = isJsonObject(picture) ? bytesOf(picture) : "";
      if (bytes !== "") {
        const make = (part: number): OpenBlock => ({ kind: "image", part, pieces: [], format: undefined });
        return collect(index, { kind: "image", make, piece: bytes });
      }
      const [type] = Object.keys(delta);
      if (type === undefined) return [];
      const make = (part: number): OpenBlock => ({ kind: "other", part, type, begun: "", pieces: [] });
      const piece = raw.member("delta")?.member(type)?.text() ?? "null";
      return collect(index, { kind: "other", make, piece });
    },
    stop: (data) => end(indexOf(data)),
    closeAll: () => [...open.keys()].flatMap(end),
    hasCalls: () => calls > 0,
  };
}

/** A piece of a block that is told whole. */
interface Collected {
  readonly kind: "redacted" | "image" | "other";
  /** The block, if it has to be opened. */
  readonly make: (part: number) => OpenBlock;
  readonly piece: string;
}

function bytesOf({ source }: JsonObject): string {
  return isJsonObject(source) ? stringOf(source, "bytes") : "";
}

/** The place of a block; the first where none is told. */
function indexOf({ contentBlockIndex: index }: JsonObject): number {
  return typeof index === "number" ? index : 0;
}
