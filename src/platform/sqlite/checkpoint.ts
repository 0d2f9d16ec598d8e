import { open } from "node:fs/promises";
import { Worker } from "node:worker_threads";

const thread = new URL(
  import.meta.url.endsWith(".ts") ? "./checkpoint-thread.ts" : "./checkpoint-thread.js",
  import.meta.url,
);

/** Moves WAL files into their databases, in a thread of low priority. */
export interface Checkpointer {
  /**
   * `RESTART` leaves the WAL's file as large as it is, to be written anew; `TRUNCATE` empties it. The process does not
   * end before it is done. Rejects when it fails; the WAL then simply stays.
   */
  readonly copy: (path: string, mode: "RESTART" | "TRUNCATE") => Promise<void>;
  /** Ends the thread if nothing was copied since the last call; the next copy begins a new one. */
  readonly rest: () => void;
  readonly close: () => Promise<void>;
}

interface Answer {
  readonly path: string;
  readonly error: string | undefined;
}

interface Job {
  readonly path: string;
  readonly done: (error: Error | undefined) => void;
}

/** One thread for all files, begun with the first copy: to begin one costs requests more than the copying does. */
export function createCheckpointer(): Checkpointer {
  let worker: Worker | undefined;
  let jobs: readonly Job[] = [];
  let isUsed = false;

  const finish = (which: (job: Job) => boolean, error: Error | undefined): void => {
    const over = jobs.filter(which);
    jobs = jobs.filter((job) => !over.includes(job));
    if (jobs.length === 0) worker?.unref();
    for (const job of over) job.done(error);
  };

  const begin = (): Worker => {
    const begun = new Worker(thread, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 32 } });
    begun.on("message", ({ path, error }: Answer) =>
      finish((job) => job.path === path, error === undefined ? undefined : new Error(error)),
    );
    begun.once("error", (error) => {
      worker = undefined;
      finish(() => true, error instanceof Error ? error : new Error(String(error)));
    });
    return begun;
  };

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  return {
    copy: (path, mode) =>
      new Promise((resolve, reject) => {
        isUsed = true;
        const done = (error: Error | undefined): void => (error === undefined ? resolve() : reject(error));
        jobs = [...jobs, { path, done }];
        worker ??= begin();
        worker.ref();
        worker.postMessage({ path, mode });
      }),
    rest: () => {
      if (!isUsed && jobs.length === 0) void end();
      isUsed = false;
    },
    close: end,
  };
}

/** Has the system write the WAL of the database at `path` to the disk, off this thread: from then it survives power loss. */
export async function syncWal(path: string): Promise<void> {
  await using wal = await open(`${path}-wal`, "r+");
  await wal.datasync();
}
