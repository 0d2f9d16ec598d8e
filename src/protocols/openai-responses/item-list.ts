import type { Part, Seal } from "../../exchange/part.ts";
import { isJsonObject, parseJson, type RawJson } from "../../kernel/json.ts";
import type { ItemPrefix } from "./answer-ids.ts";
import { markSeal, type SealPlace } from "./envelopes.ts";
import { type Called, type CallWriter, createCallWriter } from "./item-call.ts";
import { createMessageWriter, type MessageWriter } from "./item-message.ts";
import { createReasoningWriter, type ReasoningWriter } from "./item-reasoning.ts";
import type { ItemSlot, ItemWriter } from "./item-slot.ts";
import type { OutputParts } from "./output-parts.ts";
import type { ItemStatus, OutputItem } from "./wire.ts";

/** The items of an output: one is open at a time, and indexes rise by one. */
export interface ItemList {
  /** The message that is open, or a new one. */
  readonly message: () => MessageWriter;
  readonly call: (called: Called) => CallWriter;
  /** A new reasoning item. */
  readonly reasoning: () => ReasoningWriter;
  /**
   * The reasoning item of the provider's own `id`: the open one if it is that, else a new one; `undefined` when it has
   * ended.
   */
  readonly ownReasoning: (id: string) => ReasoningWriter | undefined;
  /** A picture that the model made; `false` when it is not inline. */
  readonly image: (picture: Picture) => boolean;
  /** An item of this dialect as it is; `false` when it is none, or an item has its id already. */
  readonly raw: (json: RawJson) => boolean;
  /** An item for the seal of a text or a call. Without an envelope it is declared as dropped. */
  readonly envelope: (seal: Seal, place: SealPlace) => void;
  readonly close: (status: Exclude<ItemStatus, "in_progress">) => void;
  readonly items: () => readonly OutputItem[];
}

type Picture = Extract<Part, { kind: "image" }>;

type OpenItem =
  | { readonly kind: "message"; readonly writer: MessageWriter }
  | { readonly kind: "reasoning"; readonly id: string; readonly writer: ReasoningWriter }
  | { readonly kind: "call"; readonly writer: ItemWriter };

export function createItemList({
  emit,
  ids,
  warnings,
  wrap,
}: Pick<OutputParts, "emit" | "ids" | "warnings" | "wrap">): ItemList {
  const items: OutputItem[] = [];
  let open: OpenItem | undefined;

  const close = (status: Exclude<ItemStatus, "in_progress">): void => {
    open?.writer.close(status);
    open = undefined;
  };
  const done = (item: OutputItem): void => {
    emit({ type: "response.output_item.done", item, output_index: items.length });
    items.push(item);
  };
  /** The place after everything that came before. */
  const slot = (id: string): ItemSlot => {
    close("completed");
    return { emit, id, index: items.length, done };
  };
  const minted = (prefix: ItemPrefix): ItemSlot => slot(ids.item(prefix));
  const whole = (announced: OutputItem, item: OutputItem): void => {
    emit({ type: "response.output_item.added", item: announced, output_index: items.length });
    done(item);
  };
  const reasoningAt = (at: ItemSlot): ReasoningWriter => {
    const writer = createReasoningWriter(at);
    open = { kind: "reasoning", id: at.id, writer };
    return writer;
  };
  return {
    message() {
      if (open?.kind === "message") return open.writer;
      const writer = createMessageWriter(minted("msg"));
      open = { kind: "message", writer };
      return writer;
    },
    call(called) {
      const writer = createCallWriter(minted(called.isCustom ? "ctc" : "fc"), called);
      open = { kind: "call", writer };
      return writer;
    },
    reasoning: () => reasoningAt(minted("rs")),
    ownReasoning(id) {
      if (open?.kind === "reasoning" && open.id === id) return open.writer;
      return ids.take(id) ? reasoningAt(slot(id)) : undefined;
    },
    image({ source, mediaType }) {
      if (source.kind !== "base64") return false;
      const { id } = minted("ig");
      const format = mediaType?.startsWith("image/") === true ? mediaType.slice(6) : undefined;
      const told = format === undefined ? {} : { output_format: format };
      const item = { id, type: "image_generation_call", ...told } as const;
      whole(
        { ...item, status: "in_progress", result: null },
        { ...item, status: "completed", result: source.data },
      );
      return true;
    },
    raw(json) {
      const value = parseJson(json.text);
      const id = isJsonObject(value) && typeof value["type"] === "string" ? value["id"] : undefined;
      if (typeof id !== "string" || id === "" || !ids.take(id)) return false;
      close("completed");
      whole(json, json);
      return true;
    },
    envelope(seal, place) {
      if (wrap === undefined || seal.origin === "openai-responses") {
        warnings.push(unsealed);
        return;
      }
      reasoningAt(minted("rs")).seal(wrap(markSeal(seal, place)));
    },
    close,
    items: () => items,
  };
}

/** Declares sealed state that the client is not given. */
export const unsealed = {
  kind: "dropped",
  subject: "reasoning.encrypted_content",
  note: "there is no envelope for it",
} as const;
