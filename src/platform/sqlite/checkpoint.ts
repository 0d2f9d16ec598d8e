import { open } from "node:fs/promises";
import { Worker } from "node:worker_threads";

const thread = new URL(
  import.meta.url.endsWith(".ts") ? "./checkpoint-thread.ts" : "./checkpoint-thread.js",
  import.meta.url,
);

/**
 * Moves the WAL of the database at `path` into the database, in a thread of its own, which lives only for this.
 * The process does not end before it. Rejects when the thread fails; the WAL then simply stays.
 */
export function checkpoint(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, {
      workerData: path,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    });
    worker.once("error", reject);
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`the thread ended with ${code}`)),
    );
  });
}

/** Has the system write the WAL of the database at `path` to the disk, off this thread: from then it survives power loss. */
export async function syncWal(path: string): Promise<void> {
  await using wal = await open(`${path}-wal`, "r+");
  await wal.datasync();
}
