import type { AnswerContext } from "../../exchange/codec.ts";
import type { StreamPart } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { AnswerIds } from "./answer-ids.ts";
import type { Emit } from "./item-slot.ts";

/** The parts of a stream that belong to a block. */
export type BlockPart = Extract<StreamPart, { readonly part: number }>;

/** What writing the output of one answer needs. */
export interface OutputParts extends Pick<AnswerContext, "call" | "wrap"> {
  readonly emit: Emit;
  readonly ids: AnswerIds;
  /** Grows while the output is written. */
  readonly warnings: Warning[];
}
