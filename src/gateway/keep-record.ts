import { type Keepers, keepRecord } from "../capabilities/telemetry/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import { learnTokens } from "./learn-tokens.ts";
import type { RequestMetrics } from "./metrics.ts";

/** Who is told of what is settled. */
interface Told {
  readonly settled: (record: RequestRecord) => void;
}

/**
 * Where the record of a request goes. What the gateway asks on its own account is logged, and costs; it is no client's, and
 * nothing is learned from it.
 */
export function createRecordKeeper(
  keepers: Keepers,
  {
    tokenCount,
    metrics,
    learners,
    always,
  }: {
    readonly tokenCount: TokenCount;
    readonly metrics: Pick<RequestMetrics, "estimated">;
    readonly learners: readonly Told[];
    /** Told of the gateway's own as well. */
    readonly always: readonly Told[];
  },
): (record: RequestRecord) => void {
  return (record) => {
    for (const told of always) told.settled(record);
    if (record.aside === undefined) {
      learnTokens(record, tokenCount, metrics.estimated);
      for (const told of learners) told.settled(record);
    }
    keepRecord(record, keepers);
  };
}
