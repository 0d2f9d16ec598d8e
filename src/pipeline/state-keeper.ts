import type { Call } from "../exchange/call.ts";
import type { AnswerContext, CallFacts, DecodeContext, Transcript } from "../exchange/codec.ts";
import type { Part, StreamPart } from "../exchange/part.ts";
import type { Permit, Residency } from "../exchange/permit.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";

/** Keeps reasoning state across turns and dialects: `capabilities/continuity`. */
export interface StateKeeper {
  readonly contextFor: (tenant: string) => Required<Pick<DecodeContext, "unwrap" | "earlier">>;
  readonly wrapFor: (candidate: Candidate) => NonNullable<AnswerContext["wrap"]>;
  readonly restore: (
    call: Call,
    candidate: Candidate,
    tenant: string,
  ) => { readonly call: Call; readonly warnings: readonly Warning[] };
  readonly remember: (
    parts: readonly Part[],
    candidate: Candidate,
    whose: { readonly tenant: string; readonly permit: Permit },
  ) => void;
  readonly issued: (ids: readonly string[], candidate: Candidate, tenant: string) => void;
  readonly pinned: (
    candidates: readonly Candidate[],
    asked: { readonly facts: CallFacts; readonly call: () => Call; readonly tenant: string },
  ) => readonly Candidate[];
  readonly knowsState: () => boolean;
  /** Where the answer that a request goes on from may be; none if it is not kept here. */
  readonly residencyOf: (tenant: string, answerId: string | undefined) => Residency;
  readonly answers: {
    readonly keep: (
      id: string,
      answer: Transcript,
      whose: { readonly tenant: string; readonly permit: Permit; readonly residency: Residency },
    ) => void;
  };
}

/** Collects from a streamed answer what `remember` is told: reasoning and tool calls in order, without arguments. */
export interface StateCollector {
  readonly push: (part: StreamPart) => void;
  readonly parts: () => readonly Part[];
}

/** No more reasoning than this is collected of one answer, in characters: more would not be kept. */
const lengthMax = 64 * 1024;

export function collectState(): StateCollector {
  const parts: Part[] = [];
  const thoughts = new Map<number, { readonly text: string; readonly isSummary?: boolean }>();
  let length = 0;
  return {
    push: (part) => {
      switch (part.kind) {
        case "reasoning-start":
          thoughts.set(part.part, {
            text: "",
            ...(part.isSummary === undefined ? {} : { isSummary: part.isSummary }),
          });
          return;
        case "reasoning-delta":
          length += part.text.length;
          if (length <= lengthMax) {
            const begun = thoughts.get(part.part);
            thoughts.set(part.part, { ...begun, text: (begun?.text ?? "") + part.text });
          }
          return;
        case "reasoning-end": {
          const thought = thoughts.get(part.part) ?? { text: "" };
          thoughts.delete(part.part);
          const seal = part.seal === undefined ? {} : { seal: part.seal };
          parts.push({ kind: "reasoning", ...thought, isRedacted: false, ...seal });
          return;
        }
        case "tool-input-start": {
          const { id, name, seal } = part;
          parts.push({
            kind: "tool-call",
            id,
            name,
            argumentsText: "",
            ...(seal === undefined ? {} : { seal }),
          });
          return;
        }
        case "whole":
          if (part.value.kind === "reasoning" || part.value.kind === "tool-call") parts.push(part.value);
          return;
        default:
      }
    },
    // Reasoning that was cut short would be refused: it is as if there had been none.
    parts: () => (length <= lengthMax ? parts : []),
  };
}
