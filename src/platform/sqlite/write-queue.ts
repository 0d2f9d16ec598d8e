import type { LoggedRequest } from "../../ports/event-log.ts";
import { type Day, dayOf } from "./day.ts";

/** What the queue may hold. */
export interface QueueBounds {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** What one transaction may take. */
export interface Batch {
  readonly day: Day;
  readonly records: readonly LoggedRequest[];
}

/** Records that wait to be written, oldest first. A holder of state that one log owns. */
export interface WriteQueue {
  /** `false` when there is no room: the record is not taken. */
  readonly push: (record: LoggedRequest) => boolean;
  /** The oldest records of one day, at most `recordsMax` and (beyond the first) about `bytesMax`. They stay queued. */
  readonly batch: (bounds: QueueBounds) => Batch | undefined;
  /** Takes the `count` oldest out: they are written. */
  readonly shift: (count: number) => void;
  readonly records: () => readonly LoggedRequest[];
  readonly size: () => number;
}

/** The columns beside the body, in bytes: an upper estimate. */
const lineBytes = 512;

export function createWriteQueue(bounds: QueueBounds): WriteQueue {
  let records: LoggedRequest[] = [];
  let bytes = 0;
  const bytesOf = (record: LoggedRequest): number => Buffer.byteLength(record.body) + lineBytes;

  return {
    push: (record) => {
      const added = bytesOf(record);
      if (records.length >= bounds.recordsMax || bytes + added > bounds.bytesMax) return false;
      records.push(record);
      bytes += added;
      return true;
    },
    batch: ({ recordsMax, bytesMax }) => {
      const [first] = records;
      if (first === undefined) return undefined;
      const day = dayOf(first);
      let count = 0;
      let taken = 0;
      for (const record of records) {
        taken += record.body.length + lineBytes;
        if (count === recordsMax || (count > 0 && taken > bytesMax) || dayOf(record) !== day) break;
        count += 1;
      }
      return { day, records: records.slice(0, count) };
    },
    shift: (count) => {
      for (const record of records.slice(0, count)) bytes -= bytesOf(record);
      records = records.slice(count);
    },
    records: () => [...records],
    size: () => records.length,
  };
}
