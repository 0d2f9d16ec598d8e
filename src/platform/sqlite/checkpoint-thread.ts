import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { workerData } from "node:worker_threads";

/**
 * A thread of one task: copies the WAL of the database at `workerData` into the database itself, then empties it.
 * The long part (PASSIVE) lets the writer go on; the last bit (TRUNCATE) makes it wait its turn.
 */
const url = pathToFileURL(String(workerData));
url.searchParams.set("mode", "rw");
const database = new DatabaseSync(url, { allowExtension: false, timeout: 2000 });
database.exec("PRAGMA trusted_schema = OFF; PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_checkpoint(TRUNCATE)");
database.close();
