import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { GatewayError } from "../../kernel/errors.ts";
import { messageOf } from "./fault.ts";

/** How one of the gateway's database files is opened. */
export interface OpenOptions {
  /** `FULL`: what is committed survives power loss. `NORMAL`: it survives the death of the process. */
  readonly synchronous: "FULL" | "NORMAL";
  /** How long a statement waits, blocking this thread, for another connection's lock. */
  readonly busyTimeoutMs: number;
  /** Page size of a file that is created now; SQLite's own when absent. */
  readonly pageBytes?: number;
  /** `WAL` when absent; `DELETE` for a file of which only the lock counts. */
  readonly journal?: "WAL" | "DELETE";
}

/**
 * No statement reaches another file: no `ATTACH`, no extensions. Node's permission model does not hold `node:sqlite`.
 */
export const closed = { allowExtension: false, limits: { attach: 0 } } as const;

/**
 * Opens a database file of the gateway, creating it with mode 0600 and turning off what is dangerous.
 * @throws what `node:sqlite` or the file system throws; `storageFailure` makes a GatewayError of it.
 */
export function openDatabase(path: string, options: OpenOptions): DatabaseSync {
  createPrivateFile(path);
  const database = new DatabaseSync(path, { ...closed, timeout: options.busyTimeoutMs });
  return prepared(database, options);
}

/**
 * Opens a database that exists, for reading; never creates one.
 * Not SQLite's read-only mode: that could not clear away the WAL of a process that was killed.
 */
export function openForReading(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set("mode", "rw");
  const database = new DatabaseSync(url, { ...closed, timeout: 1000 });
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0");
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** Creates `directory` and its parents with mode 0700. */
export function createPrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** A failure of the store as the gateway tells it: what was tried, what the system said, and what to do. */
export function storageFailure(path: string, thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const said = messageOf(thrown);
  return new GatewayError("storage_unavailable", `${path}: ${said}`, {
    message:
      `The data directory cannot be used: ${path}: ${said}. ` +
      "Make it writable for the user who runs the gateway, free some space, or choose another one with --data-dir.",
    cause: thrown,
  });
}

function createPrivateFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

function prepared(database: DatabaseSync, options: OpenOptions): DatabaseSync {
  try {
    // Prepared statements may not write the schema table, shadow tables or the file itself.
    if (typeof database.enableDefensive === "function") database.enableDefensive(true);
    // Once the journal is a WAL the page size stays.
    if (options.pageBytes !== undefined) database.exec(`PRAGMA page_size = ${options.pageBytes}`);
    database.exec(`
      PRAGMA trusted_schema = OFF;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_mode = ${options.journal ?? "WAL"};
      PRAGMA synchronous = ${options.synchronous};
      PRAGMA journal_size_limit = ${64 * 1024 * 1024};
    `);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
