import { setImmediate as nextTurn } from "node:timers/promises";
import { elapsed, type MonotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Day } from "./day.ts";
import type { DayWriters } from "./day-writers.ts";
import { faultOf, messageOf } from "./fault.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Writes a queue into day files, a slice at a time. */
export interface EventWriter {
  /** Writes until the queue is empty or the store fails. `soon` keeps to the pause after a failure, `now` does not. */
  readonly drain: (urgency: "soon" | "now") => Promise<void>;
  /** Has what was written since the last call survive power loss. */
  readonly sync: () => Promise<void>;
  /** Empties the WAL files if nothing was written since the last call. */
  readonly rest: () => void;
  readonly state: () => EventWriterState;
}

export interface EventWriterState {
  readonly written: number;
  /** Records whose id was there already. */
  readonly duplicates: number;
  readonly lastError: string | undefined;
}

/** What the writer works with. */
export interface EventWriterParts {
  readonly queue: WriteQueue;
  readonly days: DayWriters;
  readonly clock: Clock;
  readonly logger: Logger;
}

const batchBounds = { recordsMax: 1000, bytesMax: 2 * 1024 * 1024 };
/** A transaction that has taken this long is committed: a request that comes meanwhile waits no longer. */
const sliceMs = 1;
const pauseMsFirst = 100;
const pauseMsMax = 5000;

export function createEventWriter({ queue, days, clock, logger }: EventWriterParts): EventWriter {
  const unsynced = new Set<string>();
  let written = 0;
  let duplicates = 0;
  let lastError: string | undefined;
  let pauseMs = 0;
  let failedAt: MonotonicMs | undefined;
  let draining: Promise<void> | undefined;
  let isActive = false;

  /** Writes one transaction. */
  const writeSlice = (): "more" | "done" | "failed" | "busy" => {
    const batch = queue.batch(batchBounds);
    if (batch === undefined) return "done";
    try {
      const startedAt = clock.monotonic();
      const writer = days.of(batch.day);
      const isLate = (): boolean => elapsed(startedAt, clock.monotonic()) > sliceMs;
      const { taken, inserted } = writer.write(batch.records, isLate);
      queue.shift(taken);
      written += inserted;
      duplicates += taken - inserted;
      isActive = true;
      unsynced.add(writer.path);
      recovered();
      days.keepWalSmall(writer);
    } catch (thrown) {
      if (faultOf(thrown) === "busy" && days.copying() !== undefined) return "busy";
      failed(batch.day, thrown);
      return "failed";
    }
    return queue.size() === 0 ? "done" : "more";
  };

  const recovered = (): void => {
    if (lastError !== undefined) logger.info("the request log is written again", { queued: queue.size() });
    lastError = undefined;
    failedAt = undefined;
    pauseMs = 0;
  };

  const failed = (day: Day, thrown: unknown): void => {
    if (lastError === undefined) {
      logger.error("the request log cannot be written; records wait in memory, then are dropped", {
        error: messageOf(thrown),
      });
    }
    lastError = messageOf(thrown);
    failedAt = clock.monotonic();
    pauseMs = Math.min(pauseMsMax, Math.max(pauseMsFirst, pauseMs * 2));
    if (faultOf(thrown) !== "corrupt") return;
    try {
      days.replace(day, thrown);
    } catch (again) {
      lastError = messageOf(again);
    }
  };

  const drainAll = async (): Promise<void> => {
    for (;;) {
      const outcome = writeSlice();
      if (outcome === "done" || outcome === "failed") return;
      if (outcome === "busy") await days.copying();
      await nextTurn();
    }
  };

  return {
    drain: async (urgency) => {
      const isPaused = failedAt !== undefined && elapsed(failedAt, clock.monotonic()) < pauseMs;
      if (urgency === "soon" && isPaused) return;
      // A drain that is under way may already have failed; who says `now` wants one more try.
      if (urgency === "now") await draining;
      draining ??= drainAll().finally(() => {
        draining = undefined;
      });
      await draining;
    },
    sync: () => {
      const paths = [...unsynced];
      unsynced.clear();
      return days.sync(paths);
    },
    rest: () => {
      if (!isActive) days.rest();
      isActive = false;
    },
    state: () => ({ written, duplicates, lastError }),
  };
}
