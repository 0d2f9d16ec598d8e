import type { Answer } from "../exchange/answer.ts";
import type { Emulation } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Part, StreamPart } from "../exchange/part.ts";

/** Does on a stream of parts what the upstream could not be asked for. */
export interface StreamEmulator {
  readonly push: (part: StreamPart) => readonly StreamPart[];
  /** The answer has been ended here: nothing of what the upstream still says is wanted. */
  readonly isOver: () => boolean;
}

/** Cuts text at the first stop sequence and refuses calls of tools that were not to be called. */
export function emulateStream(emulation: Emulation): StreamEmulator {
  const cutter = createCutter(emulation.stop ?? []);
  let open: number | undefined;
  let isOver = false;
  const released = (part: number): readonly StreamPart[] => {
    const text = cutter.rest();
    return text === "" ? [] : [{ kind: "text-delta", part, text }];
  };
  const push = (part: StreamPart): readonly StreamPart[] => {
    if (isOver) return [];
    switch (part.kind) {
      case "text-start":
        open = part.part;
        return [part];
      case "text-delta": {
        const { text, hit } = cutter.push(part.text);
        const told: readonly StreamPart[] = text === "" ? [] : [{ ...part, text }];
        if (hit === undefined) return told;
        isOver = true;
        return [
          ...told,
          { kind: "text-end", part: open ?? part.part },
          { kind: "finish", finish: stoppedAt(hit) },
        ];
      }
      case "text-end":
        return [...released(part.part), part];
      case "tool-input-start": {
        const failure = foreignCall(part.name, emulation);
        return failure === undefined ? [part] : [{ kind: "error", failure }];
      }
      case "whole": {
        const failure = part.value.kind === "tool-call" ? foreignCall(part.value.name, emulation) : undefined;
        return failure === undefined ? [part] : [{ kind: "error", failure }];
      }
      default:
        return [part];
    }
  };
  return { push, isOver: () => isOver };
}

/** The same on a whole answer. */
export function emulateAnswer(
  answer: Answer,
  emulation: Emulation,
):
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure } {
  const parts: Part[] = [];
  for (const part of answer.parts) {
    if (part.kind === "tool-call") {
      const failure = foreignCall(part.name, emulation);
      if (failure !== undefined) return { kind: "failure", failure };
    }
    if (part.kind !== "text") {
      parts.push(part);
      continue;
    }
    const { text, hit } = createCutter(emulation.stop ?? []).push(part.text);
    if (hit === undefined) {
      parts.push(part);
      continue;
    }
    parts.push({
      ...part,
      text,
      citations: (part.citations ?? []).filter(({ end = 0 }) => end <= text.length),
    });
    return { kind: "answer", answer: { ...answer, parts, finish: stoppedAt(hit) } };
  }
  return { kind: "answer", answer: { ...answer, parts } };
}

const stoppedAt = (stopSequence: string) =>
  ({ reason: "stop-sequence", raw: "stop_sequence", stopSequence }) as const;

function foreignCall(name: string, { toolsAmong }: Emulation): UpstreamFailure | undefined {
  if (toolsAmong === undefined || toolsAmong.includes(name)) return undefined;
  const message = `the model called the tool \`${name}\`, which \`tool_choice\` does not allow`;
  return { code: "upstream_malformed_response", status: 502, message };
}

interface Cutter {
  /** The text that may be told now, and the sequence at which it ends. */
  readonly push: (text: string) => { readonly text: string; readonly hit: string | undefined };
  /** What was held back because a sequence might have begun in it. */
  readonly rest: () => string;
}

/** Holds back no more than could still become a stop sequence. */
function createCutter(sequences: readonly string[]): Cutter {
  let held = "";
  return {
    push: (text) => {
      const seen = held + text;
      const hits = sequences.flatMap((sequence) => {
        const at = seen.indexOf(sequence);
        return at === -1 ? [] : [{ at, end: at + sequence.length, sequence }];
      });
      const [first, ...others] = hits;
      if (first !== undefined) {
        // A model stops at the first that is whole; of two that become so at once it is the longer.
        const isSooner = (next: typeof first, best: typeof first): boolean =>
          next.end < best.end || (next.end === best.end && next.at < best.at);
        const hit = others.reduce((best, next) => (isSooner(next, best) ? next : best), first);
        held = "";
        return { text: seen.slice(0, hit.at), hit: hit.sequence };
      }
      const keep = Math.max(0, ...sequences.map((sequence) => beginningAtEnd(seen, sequence)));
      held = seen.slice(seen.length - keep);
      return { text: seen.slice(0, seen.length - keep), hit: undefined };
    },
    rest: () => {
      const text = held;
      held = "";
      return text;
    },
  };
}

/** How much of the end of `text` is a beginning of `sequence`. */
function beginningAtEnd(text: string, sequence: string): number {
  for (let length = Math.min(text.length, sequence.length - 1); length > 0; length -= 1) {
    if (text.endsWith(sequence.slice(0, length))) return length;
  }
  return 0;
}
