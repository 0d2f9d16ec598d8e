import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";

/** What a provider counted of a body teaches how to estimate the next. */
export function learnTokens(
  record: RequestRecord,
  tokenCount: TokenCount,
  onEstimated: (provider: string, model: string, error: number) => void,
): void {
  const { usage, provider, upstreamModel, lane, bytesIn } = record;
  const total = usage?.basis === "reported" ? usage.input.total : undefined;
  if (total === undefined || provider === null || upstreamModel === null || lane === "raw") return;
  const estimated = tokenCount.learn({ provider, model: upstreamModel }, bytesIn, total);
  if (estimated !== undefined && total > 0)
    onEstimated(provider, upstreamModel, Math.abs(estimated - total) / total);
}
