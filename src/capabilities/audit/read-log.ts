import type { StoredAudit } from "../../ports/audit-store.ts";
import { type AuditRecord, readLine } from "./record.ts";

/** Which records are asked for; what is absent does not matter. */
export interface AuditFilter {
  /** Only records before this index, for paging. */
  readonly before?: number;
  /** RFC 3339, in UTC: not older, and not as young. */
  readonly since?: string;
  readonly until?: string;
  /** A type, or the beginning of some: `key.`. */
  readonly type?: string;
  readonly tenant?: string;
  readonly actor?: string;
  readonly index?: number;
  /** 1 to 500. */
  readonly limit: number;
}

/** Newest first. */
export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Where the next page begins (`before`); absent: there is nothing further. */
  readonly next?: number;
}

const pieceLines = 1000;
/** So many records are looked at for one page, so that a rare type does not hold up the gateway. */
const looksMax = 100_000;

/** @throws GatewayError `storage_unavailable`. Where a segment was moved away the page ends, as if the log began behind it. */
export async function readPage(store: StoredAudit, filter: AuditFilter): Promise<AuditPage> {
  if (filter.index !== undefined) {
    const records = await recordsOf(store, filter.index, filter.index + 1);
    return { records: records.filter((record) => fits(record, filter)) };
  }
  const found: AuditRecord[] = [];
  const begin = firstHere(store);
  let end = Math.min(filter.before ?? store.size(), store.size());
  for (let looks = 0; end > begin && looks < looksMax; looks += pieceLines) {
    const from = Math.max(begin, end - pieceLines);
    const records = await recordsOf(store, from, end);
    for (const record of records.toReversed()) {
      if (filter.since !== undefined && record.at < filter.since) return { records: found };
      if (!fits(record, filter)) continue;
      found.push(record);
      if (found.length === filter.limit)
        return { records: found, ...(record.index > begin ? { next: record.index } : {}) };
    }
    end = from;
  }
  return { records: found, ...(end > begin ? { next: end } : {}) };
}

/** The first record from which on none was moved away. */
function firstHere(store: StoredAudit): number {
  const away = store.segments().findLast(({ isHere }) => !isHere);
  return away === undefined ? 0 : away.first + away.count;
}

async function recordsOf(store: StoredAudit, from: number, to: number): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const lines of store.lines(from, to))
    for (const line of lines) {
      const record = readLine(line);
      if (record !== undefined) records.push(record);
    }
  return records;
}

function fits(record: AuditRecord, { type, tenant, actor, since, until }: AuditFilter): boolean {
  return (
    (type === undefined || record.type.startsWith(type)) &&
    (tenant === undefined || record.tenant === tenant) &&
    (actor === undefined || record.actor === actor) &&
    (since === undefined || record.at >= since) &&
    (until === undefined || record.at < until)
  );
}
