import { writeEvent } from "../../framing/sse-write.ts";
import { type Json, printJson, RawJson } from "../../kernel/json.ts";
import type { ContentBlock, StreamEvent } from "./wire.ts";

/** Writes content blocks one after the other: one is open at a time, and numbers rise by one. */
export interface BlockWriter {
  /** The part whose block is open. */
  readonly openPart: () => number | undefined;
  /** How many blocks were opened so far. */
  readonly count: () => number;
  readonly text: (part: number, text: string) => string;
  readonly thinking: (part: number, text: string) => string;
  readonly signature: (part: number, signature: string) => string;
  /** A source of the open text; `undefined` when the text of `part` is not open. */
  readonly citation: (part: number, citation: Json) => string | undefined;
  readonly toolStart: (part: number, call: { readonly id: string; readonly name: string }) => string;
  readonly toolInput: (partialJson: string) => string;
  /** A block that comes in one piece. */
  readonly whole: (block: ContentBlock) => string;
  /** Ends the open block, if there is one. */
  readonly close: () => string;
}

export function createBlockWriter(): BlockWriter {
  let index = -1;
  let open: { readonly part: number; readonly type: "text" | "thinking" | "tool_use" } | undefined;

  const close = (): string => {
    if (open === undefined) return "";
    open = undefined;
    return writeStreamEvent({ type: "content_block_stop", index });
  };
  const start = (block: ContentBlock): string => {
    const closed = close();
    index += 1;
    return closed + writeStreamEvent({ type: "content_block_start", index, content_block: block });
  };
  const within = (part: number, type: "text" | "thinking"): string => {
    if (open?.part === part && open.type === type) return "";
    const started = start(
      type === "text" ? { type: "text", text: "" } : { type: "thinking", thinking: "", signature: "" },
    );
    open = { part, type };
    return started;
  };
  return {
    openPart: () => open?.part,
    count: () => index + 1,
    text: (part, text) =>
      within(part, "text") +
      writeStreamEvent({ type: "content_block_delta", index, delta: { type: "text_delta", text } }),
    thinking: (part, thinking) =>
      within(part, "thinking") +
      writeStreamEvent({ type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } }),
    signature: (part, signature) =>
      within(part, "thinking") +
      writeStreamEvent({ type: "content_block_delta", index, delta: { type: "signature_delta", signature } }),
    citation: (part, citation) =>
      open?.part === part && open.type === "text"
        ? writeStreamEvent({
            type: "content_block_delta",
            index,
            delta: { type: "citations_delta", citation },
          })
        : undefined,
    toolStart(part, { id, name }) {
      const started = start({ type: "tool_use", id, name, input: new RawJson("{}") });
      open = { part, type: "tool_use" };
      return started;
    },
    toolInput: (partialJson) =>
      writeStreamEvent({
        type: "content_block_delta",
        index,
        delta: { type: "input_json_delta", partial_json: partialJson },
      }),
    whole: (block) => start(block) + writeStreamEvent({ type: "content_block_stop", index }),
    close,
  };
}

/** One event under its own name. */
export function writeStreamEvent(event: StreamEvent): string {
  return writeEvent(printJson(event), event.type);
}
