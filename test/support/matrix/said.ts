import type { Tree } from "./tree.ts";

/** Why an answer ended, in the rows of the table of §5 that all dialects can be compared by. */
export type Ending = "stop" | "length" | "tools" | "refusal" | "filter" | "pause" | "other";

/** One call of a client's tool. */
export interface SaidCall {
  readonly name: string;
  /** As it stands on the wire, or printed from the value that stands there (`isValue`). */
  readonly argumentsText: string;
  readonly isValue?: boolean;
}

export interface SaidCitation {
  readonly url?: string;
  readonly title?: string;
}

/** What a program wants of an answer, whichever dialect it reads it in. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly SaidCall[];
  readonly ending: Ending;
  readonly usage: {
    readonly input?: number | undefined;
    readonly output?: number | undefined;
    readonly cached?: number | undefined;
    readonly reasoning?: number | undefined;
  };
  readonly citations: readonly SaidCitation[];
}

/** Reads answers of one dialect from its JSON, knowing nothing of the gateway. */
export interface PlainReader {
  readonly whole: (body: Tree) => Said;
  /** The data of the events in order, parsed; what is no JSON is left out. */
  readonly stream: (events: readonly Tree[]) => Said;
}

/** Arguments that stand as a value on the wire. */
export const asValue = (name: string, value: Tree): SaidCall => ({
  name,
  argumentsText: JSON.stringify(value ?? {}),
  isValue: true,
});

/** The end that calls make of a plain `stop`, and their absence of `tools` (rule 45). */
export function endingBesides(ending: Ending, { calls, refusal }: Pick<Said, "calls" | "refusal">): Ending {
  if (ending === "stop" && calls.length > 0) return "tools";
  if ((ending === "stop" || ending === "filter") && refusal !== "") return "refusal";
  return ending === "tools" && calls.length === 0 ? "stop" : ending;
}
