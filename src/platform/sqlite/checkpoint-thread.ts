import { constants, setPriority } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";
import type { ThreadData } from "../../ports/threads.ts";
import { closed } from "./database.ts";
import { messageOf } from "./fault.ts";

/**
 * Copies the WAL of a database into the database itself, for each that it is sent; answers with the path, and what went
 * wrong. The copying (PASSIVE) lets the writer go on, and each pass leaves less for the next; only the last makes the
 * writer wait, for what came during the pass before it. RESTART has the WAL be written anew from its beginning; TRUNCATE
 * empties its file, too, which can hold up a core for 15 ms.
 */
const passes = 3;

interface Copy {
  readonly path: string;
  readonly mode: "PASSIVE" | "RESTART" | "TRUNCATE";
}

const { port }: ThreadData = workerData;

// On Linux this is the thread's own; elsewhere it would be the whole process'. Requests go first.
if (process.platform === "linux") {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Where a sandbox forbids it the copying goes on as it is: without it the WAL would grow for ever.
  }
}

port.on("message", ({ path, mode }: Copy) => {
  let error: string | undefined;
  try {
    copyWal(path, mode);
  } catch (thrown) {
    error = messageOf(thrown);
  }
  port.postMessage({ path, mode, error });
});

function copyWal(path: string, mode: Copy["mode"]): void {
  const url = pathToFileURL(path);
  url.searchParams.set("mode", "rw");
  const database = new DatabaseSync(url, { ...closed, timeout: 2000 });
  try {
    database.exec("PRAGMA trusted_schema = OFF");
    const before = mode === "PASSIVE" ? 0 : passes;
    for (let pass = 0; pass < before; pass += 1) database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    database.exec(`PRAGMA wal_checkpoint(${mode})`);
  } finally {
    database.close();
  }
}
