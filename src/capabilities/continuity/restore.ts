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
  /** How many tool calls got back what their client had not brought. */
  readonly found: number;
}

/**
 * Gives tool calls back what was kept of them, where the client brought nothing, and takes from every part the seals
 * that would not open at `destination`: they would fail the call. Each loss is declared.
 *
 * Source: AI models specification, part 10 and rules 11, 14 and 17.
 */
export function restoreState(call: Call, destination: Destination, origins: SealOrigins): Restored {
  let found = 0;
  let lost = 0;
  const opens = (seal: Seal): boolean =>
    seal.origin === destination.dialect &&
    (boundaryOf(seal, origins) ?? destination.boundary) === destination.boundary;
  const unsealed = (part: Part): Part => {
    if (!("seal" in part) || part.seal === undefined || opens(part.seal)) return part;
    // Another vendor's state is the encoder's to leave out; only what looks like the destination's own is taken here.
    if (part.seal.origin !== destination.dialect) return part;
    lost += 1;
    const { seal: _, ...rest } = part;
    return rest;
  };
  const restored = (turn: Turn): Turn => {
    if (turn.role !== "assistant") return turn;
    if (turn.parts.some(hasState)) return { ...turn, parts: turn.parts.map(unsealed) };
    const parts = turn.parts.flatMap((part): readonly Part[] => {
      if (part.kind !== "tool-call") return [part];
      const remembered = origins.remembered(part.id);
      if (remembered === undefined) return [part];
      found += 1;
      return [
        ...remembered.reasoning,
        remembered.seal === undefined ? part : { ...part, seal: remembered.seal },
      ];
    });
    return { ...turn, parts: parts.map(unsealed) };
  };
  const turns = call.turns.map(restored);
  if (found === 0 && lost === 0) return { call, warnings: [], found };
  const note = "reasoning state of another account or region, which cannot be opened there";
  const warnings: readonly Warning[] =
    lost === 0 ? [] : [{ kind: "continuity-lost", subject: "reasoning", note }];
  return { call: { ...call, turns }, warnings, found };
}

const hasState = (part: Part): boolean =>
  part.kind === "reasoning" || ("seal" in part && part.seal !== undefined);
