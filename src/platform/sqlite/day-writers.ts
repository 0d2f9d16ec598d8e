import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Threads } from "../../ports/threads.ts";
import { createCheckpointer, syncWal } from "./checkpoint.ts";
import { createPrivateDirectory } from "./database.ts";
import type { Day } from "./day.ts";
import { setAside } from "./day-files.ts";
import { type DayWriter, openDayWriter } from "./day-writer.ts";
import { faultOf, isMissing, messageOf } from "./fault.ts";

/** The day files that are open for writing: today's, and yesterday's for a while. */
export interface DayWriters {
  /**
   * The writer of `day`, opened when it is not or when its file was taken away; a damaged file is set aside first.
   * @throws what the file system and `node:sqlite` throw.
   */
  readonly of: (day: Day) => DayWriter;
  /** Sets the damaged file of `day` aside, so that the next `of` begins a new one. */
  readonly replace: (day: Day, damage: unknown) => void;
  /** Lets go of the file of `day`. */
  readonly forget: (day: Day) => void;
  /** Copies the WAL of a file into the file once that is worth it, in the background; one file at a time. */
  readonly keepWalSmall: (writer: DayWriter) => void;
  /** The copy that is under way. */
  readonly copying: () => Promise<void> | undefined;
  /** Empties the WAL files that are worth it; without work, the thread for it ends. */
  readonly rest: () => void;
  /** Has what was written to these files survive power loss. */
  readonly sync: (paths: readonly string[]) => Promise<void>;
  readonly days: () => readonly Day[];
  /** All open files together. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
}

/** What the writers work with. */
export interface DayWritersParts {
  /** Where the day files are. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly threads: Threads;
}

/** So much is copied at once: little, since the syncing that belongs to it holds up whatever shares its core. */
const uncopiedBytesMax = 8 * 1024 * 1024;
const walBytesAtRest = 4 * 1024 * 1024;
const openMax = 2;

export function createDayWriters({ directory, clock, logger, threads }: DayWritersParts): DayWriters {
  const writers = new Map<Day, DayWriter>();
  const checked = new Set<Day>();
  const background = new Set<Promise<void>>();
  const checkpointer = createCheckpointer(threads);
  let copying: Promise<void> | undefined;

  const pathOf = (day: Day): string => join(directory, `${day}.db`);

  const open = (day: Day): DayWriter => {
    createPrivateDirectory(directory);
    const isChecked = !checked.has(day);
    checked.add(day);
    try {
      return openDayWriter(pathOf(day), { isChecked });
    } catch (thrown) {
      if (faultOf(thrown) !== "corrupt") throw thrown;
      replace(day, thrown);
      return openDayWriter(pathOf(day), { isChecked: false });
    }
  };

  const replace = (day: Day, damage: unknown): void => {
    forget(day);
    const kept = setAside(pathOf(day), clock.now());
    logger.error("a day of the request log is damaged; it was set aside and a new file begun", {
      file: pathOf(day),
      kept,
      error: messageOf(damage),
    });
  };

  const forget = (day: Day): void => {
    writers.get(day)?.close();
    writers.delete(day);
  };

  const retireOldest = (): void => {
    const [oldest, ...rest] = [...writers.keys()].toSorted();
    if (oldest === undefined || rest.length < openMax) return;
    const writer = writers.get(oldest);
    writers.delete(oldest);
    // Closing copies the WAL on this thread: let there be nothing left to copy.
    if (writer !== undefined)
      void inBackground(checkpointer.copy(writer.path, "TRUNCATE").finally(writer.close));
  };

  const inBackground = async (task: Promise<void>): Promise<void> => {
    const guarded = task.catch((thrown: unknown) => {
      logger.warn("the request log could not be brought into its file; it stays in the WAL", {
        error: messageOf(thrown),
      });
    });
    background.add(guarded);
    await guarded;
    background.delete(guarded);
  };

  const copyWal = (writer: DayWriter, mode: "RESTART" | "TRUNCATE"): void => {
    if (copying !== undefined) return;
    writer.beginCopy();
    copying = inBackground(checkpointer.copy(writer.path, mode)).finally(() => {
      copying = undefined;
    });
  };

  return {
    of: (day) => {
      const known = writers.get(day);
      if (known?.isInPlace() === true) return known;
      forget(day);
      const writer = open(day);
      writers.set(day, writer);
      retireOldest();
      return writer;
    },
    replace,
    forget,
    keepWalSmall: (writer) => {
      if (writer.uncopiedBytes() > uncopiedBytesMax) copyWal(writer, "RESTART");
    },
    copying: () => copying,
    rest: () => {
      for (const writer of writers.values())
        if (writer.walBytes() > walBytesAtRest) copyWal(writer, "TRUNCATE");
      checkpointer.rest();
    },
    sync: async (paths) => {
      for (const path of paths) {
        try {
          await syncWal(path, checkpointer);
        } catch (thrown) {
          if (isMissing(thrown)) continue;
          logger.warn("the request log could not be synced", { error: messageOf(thrown) });
        }
      }
    },
    days: () => [...writers.keys()],
    bytes: () => writers.values().reduce((sum, writer) => sum + writer.bytes(), 0),
    close: async () => {
      await Promise.all(background);
      await checkpointer.close();
      for (const writer of writers.values()) writer.close();
      writers.clear();
    },
  };
}
