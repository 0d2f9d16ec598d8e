import type { Call, Effort } from "../../exchange/call.ts";

const order: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Largest share of the output limit that still counts as this effort. Source: AI models specification, part 8 (d). */
const shares: readonly (readonly [number, Effort])[] = [
  [0.15, "minimal"],
  [0.35, "low"],
  [0.65, "medium"],
  [0.875, "high"],
];

/** The effort a call wants: as it says, or by its thinking budget against its output limit. */
export function wantedEffort({ reasoning, sampling }: Call): Effort | undefined {
  if (reasoning?.effort !== undefined) return reasoning.effort;
  const { budgetTokens } = reasoning ?? {};
  const limit = sampling.outputTokensMax;
  if (budgetTokens === undefined || limit === undefined || limit <= 0) return undefined;
  return shares.find(([share]) => budgetTokens / limit <= share)?.[1] ?? "xhigh";
}

/** The nearest lower effort of those a model takes, else its lowest; `undefined` when it takes none. */
export function nearestEffort(wanted: Effort, taken: readonly Effort[]): Effort | undefined {
  const rank = order.indexOf(wanted);
  return taken.findLast((effort) => order.indexOf(effort) <= rank) ?? taken[0];
}
