import type { Call, Effort } from "../../exchange/call.ts";

const order: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** Largest share of the output limit that still counts as this effort. Source: AI models specification, part 8 (d). */
const shares: readonly (readonly [number, Effort])[] = [
  [0.15, "minimal"],
  [0.35, "low"],
  [0.65, "medium"],
  [0.875, "high"],
];

/** Share of the output limit that an effort spends. Source: OpenRouter, "Reasoning tokens". */
const spent: { readonly [Name in Effort]: number } = {
  none: 0,
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.95,
  max: 0.95,
};

/** The effort a call wants: as it says, or by its thinking budget against its output limit. */
export function wantedEffort({ reasoning, sampling }: Call): Effort | undefined {
  if (reasoning?.effort !== undefined) return reasoning.effort;
  const { budgetTokens } = reasoning ?? {};
  const limit = sampling.outputTokensMax;
  if (budgetTokens === undefined || limit === undefined || limit <= 0) return undefined;
  return shares.find(([share]) => budgetTokens / limit <= share)?.[1] ?? "xhigh";
}

/** The thinking budget a call wants: as it says, or by its effort against its output limit. */
export function budgetOf({ reasoning, sampling }: Call): number | undefined {
  if (reasoning?.budgetTokens !== undefined) return reasoning.budgetTokens;
  if (reasoning?.effort === undefined || sampling.outputTokensMax === undefined) return undefined;
  return Math.max(1, Math.floor(spent[reasoning.effort] * sampling.outputTokensMax));
}

/** The nearest lower effort of those a model takes, else its lowest; `undefined` when it takes none. */
export function nearestEffort(wanted: Effort, taken: readonly Effort[]): Effort | undefined {
  const rank = order.indexOf(wanted);
  return taken.findLast((effort) => order.indexOf(effort) <= rank) ?? taken[0];
}
