import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";

/**
 * A thread of one task: copies the WAL of the database at `workerData` into the database itself, then empties it.
 * The copying (PASSIVE) lets the writer go on, and each pass leaves less for the next; only the last (TRUNCATE) makes
 * the writer wait, for what came during the pass before it.
 */
const passes = 3;

const url = pathToFileURL(String(workerData));
url.searchParams.set("mode", "rw");
const database = new DatabaseSync(url, { allowExtension: false, timeout: 2000 });
database.exec("PRAGMA trusted_schema = OFF");
for (let pass = 0; pass < passes; pass += 1) database.exec("PRAGMA wal_checkpoint(PASSIVE)");
database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
database.close();
