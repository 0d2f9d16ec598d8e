import type { LimitUnit } from "./limit.ts";

/** What a request takes, or took; absent: it is not counted in this unit. */
export interface Amounts {
  readonly requests: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costNanoUsd?: number;
  /** Of its body and its answer's. */
  readonly contentBytes?: number;
  readonly graphqlCost?: number;
}

/** `undefined`: a limit in this unit does not hold for it. */
export function amountOf(unit: LimitUnit, amounts: Amounts): number | undefined {
  switch (unit) {
    case "requests":
      return amounts.requests > 0 ? amounts.requests : undefined;
    case "concurrent":
      return amounts.requests > 0 ? 1 : undefined;
    case "input_tokens":
      return amounts.inputTokens;
    case "output_tokens":
      return amounts.outputTokens;
    case "total_tokens":
      return amounts.inputTokens === undefined && amounts.outputTokens === undefined
        ? undefined
        : (amounts.inputTokens ?? 0) + (amounts.outputTokens ?? 0);
    case "cost_nano_usd":
      return amounts.costNanoUsd;
    case "content_bytes":
      return amounts.contentBytes;
    case "graphql_cost":
      return amounts.graphqlCost;
  }
}

/** Of an answer of which nobody knows how long it will be. */
const usualOutputTokens = 1024;

/** The output that a call reserves: no more than it allows itself, no more than nineteen of twenty answers of its model have. */
export const outputReserve = (maxTokens: number | undefined, p95: number | undefined): number => {
  const usual = p95 ?? usualOutputTokens;
  return Math.ceil(maxTokens === undefined ? usual : Math.min(maxTokens, usual));
};
