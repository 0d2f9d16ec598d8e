import type { EventLog, LoggedRequest, RequestFilter } from "../../ports/event-log.ts";

/** Bounds of the log in memory: the oldest records go first. */
export interface MemoryEventLogSettings {
  readonly recordsMax: number;
}

/** A request log that lives as long as the process and keeps its newest `recordsMax` records (10,000 when absent). */
export function createMemoryEventLog(settings: MemoryEventLogSettings = { recordsMax: 10_000 }): EventLog {
  const records = new Map<string, LoggedRequest>();
  let written = 0;
  let dropped = 0;
  let bytes = 0;

  return {
    append: (record) => {
      if (records.has(record.id)) {
        dropped += 1;
        return;
      }
      records.set(record.id, record);
      written += 1;
      bytes += record.body.length;
      if (records.size <= settings.recordsMax) return;
      const [oldest] = records.values();
      if (oldest === undefined) return;
      records.delete(oldest.id);
      bytes -= oldest.body.length;
    },
    list: async (filter) => {
      const direction = filter.after === undefined ? -1 : 1;
      return [...records.values()]
        .filter((record) => fits(record, filter))
        .toSorted((left, right) => (left.id < right.id ? -direction : direction))
        .slice(0, Math.min(500, Math.max(1, filter.limit)))
        .map(({ body: _, ...line }) => line);
    },
    read: async (id) => records.get(id),
    flush: async () => {},
    state: () => ({ queued: 0, written, dropped, bytes, lastError: undefined }),
    close: async () => {},
  };
}

const exact = ["model", "keyId", "tenant", "project", "user", "route"] as const;

function fits(record: LoggedRequest, filter: RequestFilter): boolean {
  if (filter.before !== undefined && record.id >= filter.before) return false;
  if (filter.after !== undefined && record.id <= filter.after) return false;
  if (exact.some((column) => filter[column] !== undefined && record[column] !== filter[column])) return false;
  if (filter.status !== undefined && (filter.status === "ok") !== isOk(record)) return false;
  if (filter.search === undefined) return true;
  const wanted = filter.search.toLowerCase();
  return [record.id, record.model, record.provider, record.code].some(
    (text) => text?.toLowerCase().includes(wanted) === true,
  );
}

/** A stream that broke after its head is an error although its status says 200. */
function isOk(record: LoggedRequest): boolean {
  return record.outcome === "completed" && record.status < 400;
}
