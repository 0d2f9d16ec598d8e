import {
  createSeries,
  keepRecord,
  noTotals,
  recordOf,
  type Series,
  type Totals,
} from "../capabilities/telemetry/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Control } from "./control.ts";
import { learnTokens } from "./learn-tokens.ts";
import type { RequestMetrics } from "./metrics.ts";

/** Who is told of what is settled. */
interface Told {
  readonly settled: (record: RequestRecord) => void;
}

/** What becomes of the records of requests. */
export interface Records {
  readonly series: Series;
  readonly totals: Totals;
  readonly requests: Control["requests"];
  /** @param always Told of what the gateway asks on its own account as well. */
  readonly keeper: (learners: readonly Told[], always: readonly Told[]) => (record: RequestRecord) => void;
}

/**
 * Where the record of a request goes. What the gateway asks on its own account is logged, and costs; it is no client's, and
 * nothing is learned from it.
 */
export function createRecords(
  { eventLog: log }: { readonly eventLog: EventLog },
  tokenCount: TokenCount,
  { measure, estimated }: Pick<RequestMetrics, "measure" | "estimated">,
): Records {
  const series = createSeries();
  const totals = noTotals();
  return {
    series,
    totals,
    requests: {
      list: log.list,
      read: async (id) => {
        const found = await log.read(id);
        return found === undefined ? undefined : recordOf(found.body);
      },
    },
    keeper: (learners, always) => (record) => {
      for (const told of always) told.settled(record);
      if (record.aside === undefined) {
        learnTokens(record, tokenCount, estimated);
        for (const told of learners) told.settled(record);
      }
      keepRecord(record, { log, series, totals, measure });
    },
  };
}
