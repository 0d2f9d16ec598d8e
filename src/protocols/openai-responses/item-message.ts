import type { Citation, TokenLogprob } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { annotationFor } from "./citations.ts";
import type { ItemSlot, ItemWriter } from "./item-slot.ts";
import { logprobsFor } from "./logprobs.ts";
import type { Annotation, MessageContent, OutputLogprob } from "./wire.ts";

/** Writes a message: texts and refusals one after the other. */
export interface MessageWriter extends ItemWriter {
  readonly start: (type: MessageContent["type"]) => void;
  readonly add: (delta: string) => void;
  /** Log probabilities of the text so far, from where they were told last. */
  readonly rank: (tokens: readonly TokenLogprob[]) => void;
  /** Ends the content that was started last. A citation that has no annotation here is declared. */
  readonly end: (citations: readonly Citation[]) => readonly Warning[];
}

const none: readonly never[] = [];

export function createMessageWriter({ emit, id, index, done }: ItemSlot): MessageWriter {
  const content: MessageContent[] = [];
  let type: MessageContent["type"] = "output_text";
  let text = "";
  let ranked: readonly OutputLogprob[] = none;
  const place = () => ({ content_index: content.length, item_id: id, output_index: index });
  const contentOf = (annotations: readonly Annotation[], said: string): MessageContent =>
    type === "output_text" ? { type, annotations, logprobs: ranked, text: said } : { type, refusal: said };
  emit({
    type: "response.output_item.added",
    item: { id, type: "message", status: "in_progress", content: none, role: "assistant" },
    output_index: index,
  });
  return {
    start(wanted) {
      type = wanted;
      text = "";
      ranked = none;
      emit({ type: "response.content_part.added", ...place(), part: contentOf(none, "") });
    },
    add(delta) {
      text += delta;
      emit(
        type === "output_text"
          ? { type: "response.output_text.delta", ...place(), delta, logprobs: none }
          : { type: "response.refusal.delta", ...place(), delta },
      );
    },
    rank(tokens) {
      if (type !== "output_text") return;
      const logprobs = logprobsFor(tokens);
      ranked = [...ranked, ...logprobs];
      emit({ type: "response.output_text.delta", ...place(), delta: "", logprobs });
    },
    end(citations) {
      const annotations = citations.flatMap((citation) => annotationFor(citation, text) ?? []);
      for (const [number, annotation] of annotations.entries()) {
        const event = { annotation, annotation_index: number, ...place() };
        emit({ type: "response.output_text.annotation.added", ...event });
      }
      emit(
        type === "output_text"
          ? { type: "response.output_text.done", ...place(), logprobs: ranked, text }
          : { type: "response.refusal.done", ...place(), refusal: text },
      );
      const part = contentOf(annotations, text);
      emit({ type: "response.content_part.done", ...place(), part });
      content.push(part);
      return annotations.length < citations.length ? [{ kind: "dropped", subject: "citations" }] : [];
    },
    close: (status) => done({ id, type: "message", status, content, role: "assistant" }),
  };
}
