import { join } from "node:path";
import { elapsed, type Milliseconds, type MonotonicMs, milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventLog } from "../../ports/event-log.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Threads } from "../../ports/threads.ts";
import type { Timer } from "../../ports/timer.ts";
import { createPrivateDirectory, storageFailure } from "./database.ts";
import { dayAt, daysBefore } from "./day.ts";
import { deleteDay, expiredDays, type Retention, storedDays } from "./day-files.ts";
import { createDayWriters } from "./day-writers.ts";
import { createEventReader } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createWriteQueue } from "./write-queue.ts";

/** How the request log is kept. */
export interface EventLogSettings {
  /** The data directory; the day files are in its `events/`. Created with mode 0700 when absent. */
  readonly directory: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly threads: Threads;
  /** What a killed process may lose. */
  readonly flushInterval: Milliseconds;
  readonly retention: Retention;
}

/** So many waiting records are written at once: short work, and records that die young cost the collector little. */
const recordsAtOnce = 64;
const queueBounds = { recordsMax: 10_000, bytesMax: 16 * 1024 * 1024 };
const syncInterval = milliseconds(1000);
const housekeepingInterval = milliseconds(60_000);
const complaintInterval = milliseconds(60_000);

/**
 * The request log in `events/YYYY-MM-DD.db`, one append-only file for each UTC day.
 * The death of the process loses at most `flushInterval`, power loss at most about a second; neither damages a file.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used now. Later failures are told by `state`.
 */
export function openEventLog(settings: EventLogSettings): EventLog {
  const { clock, timer, logger, retention } = settings;
  const directory = join(settings.directory, "events");
  const queue = createWriteQueue(queueBounds);
  const days = createDayWriters({ directory, clock, logger, threads: settings.threads });
  const writer = createEventWriter({ queue, days, clock, logger });
  const reader = createEventReader({ directory, queue, logger });
  let dropped = 0;
  let otherBytes = 0;
  let complainedAt: MonotonicMs | undefined;
  let isClosed = false;

  const housekeep = (): void => {
    const today = dayAt(clock.now());
    try {
      const stored = storedDays(directory);
      const expired = expiredDays(stored, {
        retention,
        today,
        oldestKept: daysBefore(today, retention.days),
      });
      for (const entry of expired) {
        days.forget(entry.day);
        deleteDay(directory, entry);
        logger.info("a day of the request log was deleted by retention", {
          day: entry.day,
          bytes: entry.bytes,
        });
      }
      const open = days.days();
      otherBytes = stored
        .filter((entry) => !expired.includes(entry) && !open.includes(entry.day))
        .reduce((sum, { bytes }) => sum + bytes, 0);
    } catch (thrown) {
      logger.error("retention of the request log failed", { error: String(thrown) });
    }
  };

  const complain = (): void => {
    const now = clock.monotonic();
    if (complainedAt !== undefined && elapsed(complainedAt, now) < complaintInterval) return;
    complainedAt = now;
    logger.warn("request records are dropped: the queue of the request log is full", { dropped });
  };

  try {
    createPrivateDirectory(directory);
    days.of(dayAt(clock.now()));
    housekeep();
  } catch (thrown) {
    throw storageFailure(directory, thrown);
  }
  const timers = [
    timer.every(settings.flushInterval, () => void writer.drain("soon")),
    timer.every(syncInterval, () => void writer.sync()),
    timer.every(housekeepingInterval, () => {
      housekeep();
      writer.rest();
    }),
  ];

  return {
    append: (record) => {
      if (!isClosed && queue.push(record)) {
        if (queue.size() === recordsAtOnce) timer.after(milliseconds(0), () => void writer.drain("soon"));
        return;
      }
      dropped += 1;
      complain();
    },
    list: reader.list,
    read: reader.read,
    flush: () => writer.drain("now"),
    state: () => {
      const { written, duplicates, lastError } = writer.state();
      return {
        queued: queue.size(),
        written,
        dropped: dropped + duplicates,
        bytes: otherBytes + days.bytes(),
        lastError,
      };
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      for (const cancel of timers) cancel();
      await writer.drain("now");
      if (queue.size() > 0) logger.error("request records are lost at the end", { dropped: queue.size() });
      dropped += queue.size();
      queue.shift(queue.size());
      await days.close();
    },
  };
}
