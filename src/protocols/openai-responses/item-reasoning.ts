import type { ItemSlot, ItemWriter } from "./item-slot.ts";
import type { OutputItem, ReasoningContent, ReasoningSummary } from "./wire.ts";

/** Writes a reasoning item: summaries, then the reasoning itself, then its sealed state. */
export interface ReasoningWriter extends ItemWriter {
  readonly start: (kind: "summary" | "content") => void;
  readonly add: (delta: string) => void;
  /** Ends the text that was started last. */
  readonly end: () => void;
  readonly seal: (encrypted: string) => void;
  readonly hasContent: () => boolean;
}

export function createReasoningWriter({ emit, id, index, done }: ItemSlot): ReasoningWriter {
  const summary: ReasoningSummary[] = [];
  const content: ReasoningContent[] = [];
  let kind: "summary" | "content" = "summary";
  let text = "";
  let encrypted: string | undefined;
  const place = { item_id: id, output_index: index } as const;
  const summaryPlace = () => ({ ...place, summary_index: summary.length });
  const contentPlace = () => ({ content_index: content.length, ...place });
  const itemOf = (): OutputItem => ({
    id,
    type: "reasoning",
    ...(content.length > 0 && { content }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
    summary,
  });
  emit({
    type: "response.output_item.added",
    item: { id, type: "reasoning", summary: [] },
    output_index: index,
  });
  return {
    start(wanted) {
      kind = wanted;
      text = "";
      if (kind === "summary") {
        const part = { type: "summary_text", text } as const;
        emit({ type: "response.reasoning_summary_part.added", ...summaryPlace(), part });
      } else {
        const part = { type: "reasoning_text", text } as const;
        emit({ type: "response.content_part.added", ...contentPlace(), part });
      }
    },
    add(delta) {
      text += delta;
      emit(
        kind === "summary"
          ? { type: "response.reasoning_summary_text.delta", delta, ...summaryPlace() }
          : { type: "response.reasoning_text.delta", delta, ...contentPlace() },
      );
    },
    end() {
      if (kind === "summary") {
        const part = { type: "summary_text", text } as const;
        emit({ type: "response.reasoning_summary_text.done", ...summaryPlace(), text });
        emit({ type: "response.reasoning_summary_part.done", ...summaryPlace(), part });
        summary.push(part);
      } else {
        const part = { type: "reasoning_text", text } as const;
        emit({ type: "response.reasoning_text.done", ...contentPlace(), text });
        emit({ type: "response.content_part.done", ...contentPlace(), part });
        content.push(part);
      }
    },
    seal(value) {
      encrypted = value;
    },
    hasContent: () => content.length > 0,
    close: () => done(itemOf()),
  };
}
