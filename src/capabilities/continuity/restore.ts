import type { Call, Turn } from "../../exchange/call.ts";
import type { UpstreamDialect } from "../../exchange/dialect.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { boundaryOf, type SealOrigins } from "./pin.ts";

/** Where a call is about to go. */
export interface Destination {
  readonly dialect: UpstreamDialect;
  /** Inside which its seals open. */
  readonly boundary: string;
}

/** A call whose reasoning state is that of its destination. */
export interface Restored {
  readonly call: Call;
  readonly warnings: readonly Warning[];
  /** Where the state of each part that has some came back from. */
  readonly sources: readonly StateSource[];
}

/**
 * How state came back: as its provider wrote it, in an envelope, from the store by its tool call; `lost`: it came, but
 * does not open where the call goes.
 */
export type StateSource = "native" | "envelope" | "store" | "lost";

/**
 * Gives tool calls back what was kept of them, where the client brought nothing, and takes from every part the seals
 * that would not open at `destination`: they would fail the call. Each loss is declared.
 *
 * Source: AI models specification, part 10 and rules 11, 14 and 17.
 */
export function restoreState(call: Call, destination: Destination, origins: SealOrigins): Restored {
  const sources: StateSource[] = [];
  let taken = 0;
  const opens = (seal: Seal): boolean =>
    seal.origin === destination.dialect &&
    (boundaryOf(seal, origins) ?? destination.boundary) === destination.boundary;
  const unsealed = (part: Part): Part => {
    if (!("seal" in part) || part.seal === undefined) return part;
    const isOpen = opens(part.seal);
    if (!isOpen) sources.push("lost");
    // Another vendor's state is the encoder's to leave out; only what looks like the destination's own is taken here.
    if (isOpen || part.seal.origin !== destination.dialect) return part;
    taken += 1;
    const { seal: _, ...rest } = part;
    return rest;
  };
  const brought = (part: Part): Part => {
    const left = unsealed(part);
    if ("seal" in left && left.seal !== undefined && opens(left.seal))
      sources.push(left.seal.boundary === undefined ? "native" : "envelope");
    return left;
  };
  const restored = (turn: Turn): Turn => {
    if (turn.role !== "assistant") return turn;
    if (turn.parts.some(hasState)) return { ...turn, parts: turn.parts.map(brought) };
    const parts = turn.parts.flatMap((part): readonly Part[] => {
      if (part.kind !== "tool-call") return [part];
      const remembered = origins.remembered(part.id);
      if (remembered === undefined) return [part];
      sources.push("store");
      return [
        ...remembered.reasoning,
        remembered.seal === undefined ? part : { ...part, seal: remembered.seal },
      ];
    });
    return { ...turn, parts: parts.map(unsealed) };
  };
  const turns = call.turns.map(restored);
  if (taken === 0 && !sources.includes("store")) return { call, warnings: [], sources };
  const note = "reasoning state of another account or region, which cannot be opened there";
  const warnings: readonly Warning[] =
    taken === 0 ? [] : [{ kind: "continuity-lost", subject: "reasoning", note }];
  return { call: { ...call, turns }, warnings, sources };
}

const hasState = (part: Part): boolean =>
  part.kind === "reasoning" || ("seal" in part && part.seal !== undefined);
