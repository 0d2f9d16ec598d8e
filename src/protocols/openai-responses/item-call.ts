import type { ItemSlot, ItemWriter } from "./item-slot.ts";
import type { ItemPlace, ItemStatus, OutputItem } from "./wire.ts";

/** Writes a call of a function or of a custom tool. */
export interface CallWriter extends ItemWriter {
  readonly add: (delta: string) => void;
  /** The arguments are whole. */
  readonly end: () => void;
}

export interface Called {
  readonly callId: string;
  readonly name: string;
  readonly isCustom: boolean;
}

export function createCallWriter(
  { emit, id, index, done }: ItemSlot,
  { callId, name, isCustom }: Called,
): CallWriter {
  let text = "";
  const place: ItemPlace = { item_id: id, output_index: index };
  const itemOf = (status: ItemStatus): OutputItem =>
    isCustom
      ? { id, type: "custom_tool_call", status, call_id: callId, input: text, name }
      : { id, type: "function_call", status, arguments: text, call_id: callId, name };
  emit({ type: "response.output_item.added", item: itemOf("in_progress"), output_index: index });
  return {
    add(delta) {
      text += delta;
      const type = isCustom
        ? "response.custom_tool_call_input.delta"
        : "response.function_call_arguments.delta";
      emit({ type, delta, ...place });
    },
    end() {
      emit(
        isCustom
          ? { type: "response.custom_tool_call_input.done", input: text, ...place }
          : { type: "response.function_call_arguments.done", arguments: text, ...place },
      );
    },
    close: (status) => done(itemOf(status)),
  };
}
