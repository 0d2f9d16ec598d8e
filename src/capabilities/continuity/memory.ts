import type { Part } from "../../exchange/part.ts";
import type { EpochMs } from "../../kernel/units.ts";

type ToolCall = Extract<Part, { kind: "tool-call" }>;
type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** What came with a tool call and has to come back with it. */
export interface Remembered {
  /** The reasoning that stood before the call, in order. */
  readonly reasoning: readonly Reasoning[];
  readonly seal: ToolCall["seal"];
}

/** Reasoning state by tool call, for clients that bring nothing back. Bounded; a holder of state that one gateway owns. */
export interface ContinuityMemory {
  readonly keep: (tenant: string, callId: string, remembered: Remembered) => void;
  readonly find: (tenant: string, callId: string) => Remembered | undefined;
  readonly bytes: () => number;
}

/** What the memory may hold. */
export interface MemoryBounds {
  readonly bytesMax: number;
  readonly ttlMs: number;
}

const entryBytesMax = 64 * 1024;

interface Entry {
  readonly remembered: Remembered;
  readonly bytes: number;
  readonly until: number;
}

/** The oldest goes first when there is no room: an entry that was found is young again. */
export function createContinuityMemory(bounds: MemoryBounds, now: () => EpochMs): ContinuityMemory {
  const entries = new Map<string, Entry>();
  let held = 0;
  const drop = (key: string, { bytes }: Entry): void => {
    entries.delete(key);
    held -= bytes;
  };
  return {
    keep: (tenant, callId, remembered) => {
      const key = keyOf(tenant, callId);
      const bytes = sizeOf(key, remembered);
      if (bytes > entryBytesMax || bytes > bounds.bytesMax) return;
      const before = entries.get(key);
      if (before !== undefined) drop(key, before);
      entries.set(key, { remembered, bytes, until: now() + bounds.ttlMs });
      held += bytes;
      for (const [oldest, entry] of entries) {
        if (held <= bounds.bytesMax) break;
        drop(oldest, entry);
      }
    },
    find: (tenant, callId) => {
      const key = keyOf(tenant, callId);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= now()) {
        drop(key, entry);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.remembered;
    },
    bytes: () => held,
  };
}

const keyOf = (tenant: string, callId: string): string => `${tenant}\n${callId}`;

/** An upper estimate: two bytes a character, and what the objects take. */
function sizeOf(key: string, { reasoning, seal }: Remembered): number {
  const texts = reasoning.reduce((sum, part) => sum + part.text.length + (part.seal?.value.length ?? 0), 0);
  return 200 + 2 * (key.length + texts + (seal?.value.length ?? 0)) + 200 * reasoning.length;
}
