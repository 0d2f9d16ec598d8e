import type { Warning } from "../../exchange/warning.ts";
import { emulatedCall } from "./answer-blocks.ts";
import type { BlockPart } from "./stream-turnstile.ts";

/** Tells the calls of tools with free input as calls whose arguments are `{"input": "…"}`. */
export interface CustomCalls {
  readonly asFunctions: (part: BlockPart) => readonly BlockPart[];
  /** The ends of calls that have not ended. */
  readonly endAll: () => readonly BlockPart[];
}

export function createCustomCalls(warn: (warning: Warning) => void): CustomCalls {
  const open = new Set<number>();
  const piece = (part: number, argumentsText: string): BlockPart => ({
    kind: "tool-input-delta",
    part,
    argumentsText,
  });
  const end = (part: number): readonly BlockPart[] => [piece(part, '"}'), { kind: "tool-input-end", part }];
  return {
    asFunctions(part) {
      switch (part.kind) {
        case "tool-input-start":
          if (part.isCustom !== true) return [part];
          open.add(part.part);
          warn(emulatedCall(part.name));
          return [part, piece(part.part, '{"input":"')];
        case "tool-input-delta":
          if (!open.has(part.part)) return [part];
          // Half of a pair of surrogates is printed as an escape: with the other half, in the next piece, it is whole.
          return [piece(part.part, JSON.stringify(part.argumentsText).slice(1, -1))];
        case "tool-input-end":
          return open.delete(part.part) ? end(part.part) : [part];
        default:
          return [part];
      }
    },
    endAll() {
      const ends = [...open].flatMap(end);
      open.clear();
      return ends;
    },
  };
}
