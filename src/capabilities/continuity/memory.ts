import type { Part } from "../../exchange/part.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { createKept, type Kept } from "./kept.ts";

type ToolCall = Extract<Part, { kind: "tool-call" }>;
type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** What came with a tool call and has to come back with it. */
export interface Remembered {
  /** The reasoning that stood before the call, in order. */
  readonly reasoning: readonly Reasoning[];
  readonly seal: ToolCall["seal"];
}

/** Reasoning state by the client's id of a tool call, for clients that bring nothing back. */
export type ContinuityMemory = Kept<Remembered>;

export function createContinuityMemory(
  bounds: { readonly bytesMax: number; readonly ttlMs: number },
  now: () => EpochMs,
): ContinuityMemory {
  return createKept({ ...bounds, entryBytesMax: 64 * 1024 }, sizeOf, now);
}

/** Two bytes a character, and what the objects take. */
function sizeOf({ reasoning, seal }: Remembered): number {
  const texts = reasoning.reduce((sum, part) => sum + part.text.length + (part.seal?.value.length ?? 0), 0);
  return 200 + 2 * (texts + (seal?.value.length ?? 0)) + 200 * reasoning.length;
}
