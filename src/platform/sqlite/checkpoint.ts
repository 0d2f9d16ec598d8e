import { open } from "node:fs/promises";
import type { Thread, Threads } from "../../ports/threads.ts";

const thread = new URL(
  import.meta.url.endsWith(".ts") ? "./checkpoint-thread.ts" : "./checkpoint-thread.js",
  import.meta.url,
);

/** How much a copy may hold up: `PASSIVE` nobody, `RESTART` the writer at its end, `TRUNCATE` the file system, too. */
type CopyMode = "PASSIVE" | "RESTART" | "TRUNCATE";

/** Moves WAL files into their databases, in a thread of low priority. */
export interface Checkpointer {
  /**
   * `RESTART` leaves the WAL's file as large as it is, to be written anew; `TRUNCATE` empties it. The process does not
   * end before it is done. Rejects when it fails; the WAL then simply stays.
   */
  readonly copy: (path: string, mode: CopyMode) => Promise<void>;
  /** Ends the thread if nothing was copied since the last call; the next copy begins a new one. */
  readonly rest: () => void;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly path: string;
  readonly mode: CopyMode;
  readonly error: string | undefined;
}

interface Job {
  readonly path: string;
  readonly mode: CopyMode;
  readonly done: (error: Error | undefined) => void;
}

/** One thread for all files, begun with the first copy: to begin one costs requests more than the copying does. */
export function createCheckpointer(threads: Threads): Checkpointer {
  let worker: Thread | undefined;
  let jobs: readonly Job[] = [];
  let isUsed = false;

  const finish = (which: (job: Job) => boolean, error: Error | undefined): void => {
    const over = jobs.filter(which);
    jobs = jobs.filter((job) => !over.includes(job));
    if (jobs.length === 0) worker?.unref();
    for (const job of over) job.done(error);
  };

  const begin = (): Thread =>
    threads.begin(thread, {
      heapMebibytesMax: 32,
      onMessage: ({ path, mode, error }: Answer) =>
        finish(
          (job) => job.path === path && job.mode === mode,
          error === undefined ? undefined : new Error(error),
        ),
      onDeath: (why) => {
        worker = undefined;
        finish(() => true, why);
      },
    });

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.end();
  };

  return {
    copy: (path, mode) =>
      new Promise((resolve, reject) => {
        isUsed = true;
        const done = (error: Error | undefined): void => (error === undefined ? resolve() : reject(error));
        jobs = [...jobs, { path, mode, done }];
        worker ??= begin();
        worker.ref();
        worker.send({ path, mode });
      }),
    rest: () => {
      if (!isUsed && jobs.length === 0) void end();
      isUsed = false;
    },
    close: end,
  };
}

/**
 * Has the WAL of the database at `path` survive power loss, off this thread. Under Node's permission model, which has no
 * `fdatasync`, SQLite does it: it begins each copy by that.
 */
export async function syncWal(path: string, checkpointer: Pick<Checkpointer, "copy">): Promise<void> {
  await using wal = await open(`${path}-wal`, "r+");
  try {
    await wal.datasync();
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ERR_ACCESS_DENIED")) throw thrown;
    await checkpointer.copy(path, "PASSIVE");
  }
}
