import type { Cost } from "../exchange/settlement.ts";
import type { Usage } from "../exchange/usage.ts";
import { type Tokens, tokens } from "../kernel/units.ts";
import type { Ending, Piece, Trail } from "./trail.ts";

const bytesPerToken = 4;

/**
 * What a cut call consumed: the upstream's last snapshot, with at least the output that was relayed since; without
 * one, the prompt by its bytes and the completion by the text that was relayed. Never for a call that no upstream
 * began to answer.
 *
 * Source: AI models specification, part 15 and rule 56.
 */
export function usageOfCut(trail: Trail<unknown>, ending: Ending): Usage | undefined {
  const { usage } = trail;
  const isAborted = ending.outcome === "aborted";
  // The try that the client left is under way; those before it have failed.
  const wasSent = trail.attempts.some(({ code }) => code === null || (isAborted && code === "client_closed"));
  if (!wasSent || trail.funded === undefined) return usage;
  if (isToldWhole(trail)) return usage;
  return usageOfPiece({ usage, textBytes: trail.textBytes?.() ?? 0 }, trail.bytesIn);
}

/** Told to its end: only the client's last bytes are missing, not the upstream's count. */
const isToldWhole = ({ usage, finish, isCut }: Trail<unknown>): boolean =>
  usage !== undefined && finish !== undefined && !isCut;

const tokensOf = (size: number) => tokens(Math.ceil(size / bytesPerToken));

/** What a target consumed before it broke off: its own count so far, with at least the text that was relayed. */
function usageOfPiece({ usage, textBytes }: Omit<Piece, "candidate">, bytesIn: number): Usage {
  const relayed = tokensOf(textBytes);
  if (usage?.input.total === undefined) {
    const input = tokensOf(bytesIn);
    return { input: { total: input, uncached: input }, output: { total: relayed }, basis: "estimated" };
  }
  const told = usage.output.total ?? tokens(0);
  return told >= relayed
    ? { ...usage, basis: "partial" }
    : { ...usage, output: { ...usage.output, total: relayed }, basis: "estimated" };
}

/**
 * What targets made before they broke off, or what of theirs went to nobody, was consumed too, at their own prices. The
 * pieces are gone then.
 */
export function addPieces<Snapshot>(
  trail: Trail<Snapshot>,
  { priceOf }: { readonly priceOf: (trail: Trail<Snapshot>, usage: Usage | undefined) => Cost | undefined },
): void {
  for (const piece of trail.pieces.splice(0)) {
    const usage = usageOfPiece(piece, trail.bytesIn);
    const cost = priceOf({ ...trail, candidate: piece.candidate }, usage);
    trail.usage = trail.usage === undefined ? usage : addUsage(trail.usage, usage);
    trail.cost =
      trail.cost === undefined || cost === undefined ? (trail.cost ?? cost) : addCost(trail.cost, cost);
  }
}

/** Of two targets of one answer; as sure as the less sure of the two. */
function addUsage(left: Usage, right: Usage): Usage {
  // One provider's own words are not both's.
  const { raw: _raw, reportedNanoUsd: _reported, ...counted } = left;
  return {
    ...counted,
    input: addCounts(left.input, right.input),
    output: addCounts(left.output, right.output),
    basis: [left.basis, right.basis].includes("estimated") ? "estimated" : "partial",
  };
}

type Counts = Readonly<Record<string, Tokens | undefined>>;

function addCounts<Some extends Partial<Counts>>(left: Some, right: Some): Some {
  const sum: Record<string, Tokens> = {};
  for (const [name, count] of Object.entries(right))
    if (count !== undefined) sum[name] = tokens(count + (left[name] ?? 0));
  return { ...left, ...sum };
}

/** The lines of both; not known when one of the two is not. */
function addCost(left: Cost, right: Cost): Cost {
  const sum = left.nanoUsd === null || right.nanoUsd === null ? null : left.nanoUsd + right.nanoUsd;
  return {
    ...left,
    nanoUsd: sum,
    lines: [...left.lines, ...right.lines],
    rows: [...new Set([...(left.rows ?? []), ...(right.rows ?? [])])],
  };
}
