import { knownNanoUsd, type RequestRecord } from "../../exchange/settlement.ts";
import { isError, isUnpriced } from "./series.ts";

/** Sums since the process began. */
export interface Totals {
  requests: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  /** 10^-9 US dollars; of the requests whose price is known. */
  costNanoUsd: number;
  unpriced: number;
}

export const noTotals = (): Totals => ({
  requests: 0,
  errors: 0,
  inputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  unpriced: 0,
});

/** Adds one request; changes `totals`. */
export function countInto(totals: Totals, record: RequestRecord): void {
  totals.requests += 1;
  if (isError(record)) totals.errors += 1;
  totals.inputTokens += record.usage?.input.total ?? 0;
  totals.outputTokens += record.usage?.output.total ?? 0;
  totals.costNanoUsd += knownNanoUsd(record.cost);
  if (isUnpriced(record)) totals.unpriced += 1;
}
