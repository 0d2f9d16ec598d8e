import type { RequestRecord } from "../../exchange/settlement.ts";
import type { EventLog } from "../../ports/event-log.ts";
import { loggedOf } from "./logged.ts";
import type { Series } from "./series.ts";
import { countInto, type Totals } from "./totals.ts";

/** Where a record goes. */
export interface Keepers {
  readonly log: Pick<EventLog, "append">;
  readonly series: Series;
  readonly totals: Totals;
  /** Metrics; the registry is the platform's. */
  readonly measure: (record: RequestRecord) => void;
}

/** What settle tells is kept in all places; none of them waits. What no client has asked is counted among no client's requests. */
export function keepRecord(record: RequestRecord, keepers: Keepers): void {
  if (record.aside === undefined) {
    countInto(keepers.totals, record);
    keepers.series.count(record);
  }
  keepers.measure(record);
  keepers.log.append(loggedOf(record));
}
