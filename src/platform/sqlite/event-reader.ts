import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LoggedRequest, RequestFilter } from "../../ports/event-log.ts";
import type { Logger } from "../../ports/logger.ts";
import { openForReading } from "./database.ts";
import { type Day, dayOfId } from "./day.ts";
import { storedDays } from "./day-files.ts";
import { createDayReader, type DayReader, fitsFilter, isForward, type RequestLine } from "./request-query.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Reads what is written and what is still queued. Never holds the event loop for long, never keeps a file open. */
export interface EventReader {
  readonly list: (filter: RequestFilter) => Promise<readonly RequestLine[]>;
  readonly read: (id: string) => Promise<LoggedRequest | undefined>;
}

/** What the reader works with. */
export interface EventReaderParts {
  /** Where the day files are. */
  readonly directory: string;
  readonly queue: WriteQueue;
  readonly logger: Logger;
}

const linesMax = 500;

export function createEventReader({ directory, queue, logger }: EventReaderParts): EventReader {
  const pathOf = (day: Day): string => join(directory, `${day}.db`);
  const told = new Set<Day>();

  /** Runs `read` on the file of `day`; a file that cannot be read is left out, and said once. */
  const withDay = async (day: Day, read: (reader: DayReader) => Promise<void>): Promise<void> => {
    let database: DatabaseSync | undefined;
    try {
      database = openForReading(pathOf(day));
      await read(createDayReader(database));
    } catch (thrown) {
      if (!told.has(day))
        logger.error("a day of the request log cannot be read", { file: pathOf(day), error: String(thrown) });
      told.add(day);
    } finally {
      database?.close();
    }
  };

  const stored = async (filter: RequestFilter): Promise<RequestLine[]> => {
    const lines: RequestLine[] = [];
    for (const day of daysFor(readableDays(directory), filter)) {
      if (lines.length >= filter.limit) break;
      await withDay(day, async (reader) => {
        let from: string | undefined;
        do {
          const slice = reader.slice(filter, from);
          lines.push(...slice.lines);
          from = slice.next;
          await nextTurn();
        } while (from !== undefined && lines.length < filter.limit);
      });
    }
    return lines;
  };

  return {
    list: async (wanted) => {
      const filter = { ...wanted, limit: Math.min(linesMax, Math.max(1, Math.floor(wanted.limit))) };
      // The queue first: a record that is written in the meantime is then seen twice, never missed.
      const byId = new Map<string, RequestLine>();
      for (const record of queue.records())
        if (fitsFilter(record, filter)) byId.set(record.id, lineOf(record));
      for (const line of await stored(filter)) byId.set(line.id, line);
      const direction = isForward(filter) ? 1 : -1;
      return [...byId.values()]
        .toSorted((left, right) => (left.id < right.id ? -direction : direction))
        .slice(0, filter.limit);
    },
    read: async (id) => {
      const queued = queue.records().find((record) => record.id === id);
      if (queued !== undefined) return queued;
      const day = dayOfId(id);
      let found: LoggedRequest | undefined;
      for (const candidate of readableDays(directory).toReversed()) {
        if (day !== undefined && candidate !== day) continue;
        await withDay(candidate, async (reader) => {
          found = reader.read(id);
        });
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function readableDays(directory: string): readonly Day[] {
  try {
    return storedDays(directory)
      .filter(({ isReadable }) => isReadable)
      .map(({ day }) => day);
  } catch {
    return [];
  }
}

/** The days that can hold what `filter` asks for, in its order. */
function daysFor(days: readonly Day[], filter: RequestFilter): readonly Day[] {
  const newest = filter.before === undefined ? undefined : dayOfId(filter.before);
  const oldest = filter.after === undefined ? undefined : dayOfId(filter.after);
  const fitting = days.filter(
    (day) => (newest === undefined || day <= newest) && (oldest === undefined || day >= oldest),
  );
  return isForward(filter) ? fitting : fitting.toReversed();
}

function lineOf({ body: _, ...line }: LoggedRequest): RequestLine {
  return line;
}
