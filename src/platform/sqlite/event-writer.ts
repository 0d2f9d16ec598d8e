import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { elapsed, type MonotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { checkpoint, syncWal } from "./checkpoint.ts";
import { createPrivateDirectory, faultOf } from "./database.ts";
import type { Day } from "./day.ts";
import { setAside } from "./day-files.ts";
import { type DayWriter, openDayWriter } from "./day-writer.ts";
import type { WriteQueue } from "./write-queue.ts";

/** Writes a queue into day files, a slice at a time. */
export interface EventWriter {
  /** Opens the file of `day` now. @throws what the file system and `node:sqlite` throw. */
  readonly open: (day: Day) => void;
  /** Writes until the queue is empty or the store fails. `soon` keeps to the pause after a failure, `now` does not. */
  readonly drain: (urgency: "soon" | "now") => Promise<void>;
  /** Has what was written since the last call survive power loss. */
  readonly sync: () => Promise<void>;
  /** Empties the WAL files if nothing was written since the last call. */
  readonly rest: () => void;
  /** Lets go of the file of `day`, because it is about to be deleted. */
  readonly forget: (day: Day) => void;
  readonly openDays: () => readonly Day[];
  readonly state: () => { written: number; duplicates: number; bytes: number; lastError: string | undefined };
  readonly close: () => Promise<void>;
}

/** What the writer works with. */
export interface EventWriterParts {
  /** Where the day files are. */
  readonly directory: string;
  readonly queue: WriteQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

const batchBounds = { recordsMax: 1000, bytesMax: 2 * 1024 * 1024 };
/** A transaction that has taken this long is committed, so that the event loop never stands still for 10 ms. */
const sliceMs = 5;
const walBytesMax = 32 * 1024 * 1024;
const walBytesAtRest = 4 * 1024 * 1024;
const pauseMsFirst = 100;
const pauseMsMax = 5000;
const openDaysMax = 2;

export function createEventWriter({ directory, queue, clock, logger }: EventWriterParts): EventWriter {
  const writers = new Map<Day, DayWriter>();
  const checked = new Set<Day>();
  const dirty = new Set<string>();
  const background = new Set<Promise<void>>();
  let written = 0;
  let duplicates = 0;
  let lastError: string | undefined;
  let pauseMs = 0;
  let failedAt: MonotonicMs | undefined;
  let draining: Promise<void> | undefined;
  let copying: Promise<void> | undefined;
  let hasWritten = false;

  const pathOf = (day: Day): string => join(directory, `${day}.db`);

  const open = (day: Day): DayWriter => {
    createPrivateDirectory(directory);
    const isFirst = !checked.has(day);
    checked.add(day);
    let writer: DayWriter;
    try {
      writer = openDayWriter(pathOf(day), { isChecked: isFirst });
    } catch (thrown) {
      if (faultOf(thrown) !== "corrupt") throw thrown;
      replace(day, thrown);
      writer = openDayWriter(pathOf(day), { isChecked: false });
    }
    writers.set(day, writer);
    retireOldest();
    return writer;
  };

  const replace = (day: Day, thrown: unknown): void => {
    forget(day);
    const kept = setAside(pathOf(day), clock.now());
    logger.error("a day of the request log is damaged; it was set aside and a new file begun", {
      file: pathOf(day),
      kept,
      error: messageOf(thrown),
    });
  };

  const forget = (day: Day): void => {
    writers.get(day)?.close();
    writers.delete(day);
  };

  const retireOldest = (): void => {
    const [oldest, ...rest] = [...writers.keys()].toSorted();
    if (oldest === undefined || rest.length < openDaysMax) return;
    const writer = writers.get(oldest);
    writers.delete(oldest);
    // Closing copies the WAL on this thread: let there be nothing left to copy.
    if (writer !== undefined) inBackground(checkpoint(writer.path).finally(() => writer.close()));
  };

  const inBackground = (task: Promise<void>): Promise<void> => {
    const guarded = task.catch((thrown: unknown) => {
      logger.warn("the request log could not be brought into its file; it stays in the WAL", {
        error: messageOf(thrown),
      });
    });
    background.add(guarded);
    return guarded.finally(() => background.delete(guarded));
  };

  const copyWal = (writer: DayWriter): void => {
    copying ??= inBackground(checkpoint(writer.path)).finally(() => {
      copying = undefined;
    });
  };

  const writerOf = (day: Day): DayWriter => {
    const writer = writers.get(day);
    if (writer?.isInPlace() === true) return writer;
    forget(day);
    return open(day);
  };

  /** Writes one transaction. */
  const writeSlice = (): "more" | "done" | "failed" | "busy" => {
    const batch = queue.batch(batchBounds);
    if (batch === undefined) return "done";
    try {
      const startedAt = clock.monotonic();
      const writer = writerOf(batch.day);
      const { taken, inserted } = writer.write(
        batch.records,
        () => elapsed(startedAt, clock.monotonic()) > sliceMs,
      );
      queue.shift(taken);
      written += inserted;
      duplicates += taken - inserted;
      hasWritten = true;
      dirty.add(writer.path);
      recovered();
      if (writer.walBytes() > walBytesMax) copyWal(writer);
    } catch (thrown) {
      if (faultOf(thrown) === "busy" && copying !== undefined) return "busy";
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
      replace(day, thrown);
    } catch (again) {
      lastError = messageOf(again);
    }
  };

  const drainAll = async (): Promise<void> => {
    for (;;) {
      const outcome = writeSlice();
      if (outcome === "done" || outcome === "failed") return;
      if (outcome === "busy") await copying;
      await nextTurn();
    }
  };

  return {
    open,
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
    sync: async () => {
      const paths = [...dirty];
      dirty.clear();
      for (const path of paths) {
        try {
          await syncWal(path);
        } catch (thrown) {
          if (!isMissing(thrown))
            logger.warn("the request log could not be synced", { error: messageOf(thrown) });
        }
      }
    },
    rest: () => {
      if (!hasWritten)
        for (const writer of writers.values()) if (writer.walBytes() > walBytesAtRest) copyWal(writer);
      hasWritten = false;
    },
    forget,
    openDays: () => [...writers.keys()],
    state: () => {
      let bytes = 0;
      for (const writer of writers.values()) bytes += writer.bytes();
      return { written, duplicates, bytes, lastError };
    },
    close: async () => {
      await draining;
      await Promise.all(background);
      for (const writer of writers.values()) writer.close();
      writers.clear();
    },
  };
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}
