import type { ItemStatus, OutputItem, StreamEvent } from "./wire.ts";

/** Takes the events of an answer in order; their sequence numbers are its business. */
export type Emit = (event: StreamEvent) => void;

/** The place of one item in the output. */
export interface ItemSlot {
  readonly emit: Emit;
  readonly id: string;
  readonly index: number;
  /** Takes the item when it is whole. */
  readonly done: (item: OutputItem) => void;
}

/** An item that is open: it was announced and has not ended. */
export interface ItemWriter {
  readonly close: (status: Exclude<ItemStatus, "in_progress">) => void;
}
