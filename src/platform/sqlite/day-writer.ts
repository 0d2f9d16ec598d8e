import { existsSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../kernel/errors.ts";
import type { LoggedRequest } from "../../ports/event-log.ts";
import { openDatabase } from "./database.ts";
import { sizeOf } from "./day-files.ts";

/** A day file open for writing. */
export interface DayWriter {
  readonly path: string;
  /**
   * Inserts records in one transaction, until all are in or `isLate` says stop.
   * @returns how many were taken, and how many of these are new rows: one whose id is there already adds none.
   * @throws what `node:sqlite` throws; then none of them is in.
   */
  readonly write: (
    records: readonly LoggedRequest[],
    isLate: () => boolean,
  ) => { taken: number; inserted: number };
  /** Whether the file is still where it was opened: someone may have deleted or replaced it. */
  readonly isInPlace: () => boolean;
  readonly walBytes: () => number;
  /** Bytes of records since the last copy of the WAL began. */
  readonly uncopiedBytes: () => number;
  readonly beginCopy: () => void;
  readonly bytes: () => number;
  readonly close: () => void;
}

/** The schema of a day file; `user_version` tells which. */
const schemaVersion = 3;

/** A record takes about 2.5 KB: a page of the usual 4 KiB would hold one, and each would be a write of its own. */
const pageBytes = 16_384;

/** The columns beside the body, in bytes: about what they take. */
const columnBytes = 512;

/** How many rows go in between two looks at the clock. */
const rowsPerLook = 16;

const columns = [
  "id",
  "at",
  "status",
  "outcome",
  "model",
  "provider",
  "key_id",
  "tenant",
  "project",
  "user",
  "dialect",
  "route",
  "code",
  "is_stream",
  "duration_ms",
  "input_tokens",
  "output_tokens",
  "cost_nano_usd",
  "body",
] as const;

/** How a day file is opened. */
export interface OpenDayOptions {
  /** Whether a file that a killed process left behind (its WAL is there) goes through `quick_check` first. */
  readonly isChecked: boolean;
}

/**
 * Opens the day file at `path` for writing, creating it when absent.
 * @throws what `node:sqlite` throws, and an error with SQLite's code for "corrupt" when the check fails.
 */
export function openDayWriter(path: string, { isChecked }: OpenDayOptions): DayWriter {
  const isUnclean = isChecked && existsSync(`${path}-wal`);
  // No waiting for locks: the only other writer is our own checkpoint, and the batch is tried again soon.
  const database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: 0, pageBytes });
  try {
    if (isUnclean) check(database);
    createSchema(database, path);
    const inode = statSync(path).ino;
    const insert = database.prepare(
      `INSERT OR IGNORE INTO request (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    const begin = database.prepare("BEGIN IMMEDIATE");
    const commit = database.prepare("COMMIT");

    let uncopiedBytes = 0;
    const add = (record: LoggedRequest): number => {
      uncopiedBytes += record.body.length + columnBytes;
      const { changes } = insert.run(
        record.id,
        record.at,
        record.status,
        record.outcome,
        record.model,
        record.provider,
        record.keyId,
        record.tenant,
        record.project,
        record.user,
        record.dialect,
        record.route,
        record.code,
        record.isStream ? 1 : 0,
        record.durationMs,
        record.inputTokens,
        record.outputTokens,
        record.costNanoUsd,
        record.body,
      );
      return Number(changes);
    };

    return {
      path,
      write: (records, isLate) => {
        let taken = 0;
        let inserted = 0;
        begin.run();
        try {
          for (const record of records) {
            if (taken > 0 && taken % rowsPerLook === 0 && isLate()) break;
            inserted += add(record);
            taken += 1;
          }
          commit.run();
          return { taken, inserted };
        } catch (thrown) {
          // After some errors, a full disk among them, SQLite has rolled back by itself.
          if (database.isTransaction) database.exec("ROLLBACK");
          throw thrown;
        }
      },
      isInPlace: () => statSync(path, { throwIfNoEntry: false })?.ino === inode,
      walBytes: () => sizeOf(`${path}-wal`),
      uncopiedBytes: () => uncopiedBytes,
      beginCopy: () => {
        uncopiedBytes = 0;
      },
      bytes: () => sizeOf(path) + sizeOf(`${path}-wal`) + sizeOf(`${path}-shm`),
      close: () => database.close(),
    };
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function check(database: DatabaseSync): void {
  const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found === "ok") return;
  throw Object.assign(new Error(`quick_check: ${String(found)}`), { errcode: 11 });
}

function createSchema(database: DatabaseSync, path: string): void {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (typeof version === "number" && version > schemaVersion) {
    const detail = `${path} has schema ${version}; this version of the gateway knows up to ${schemaVersion}`;
    throw new GatewayError("storage_unavailable", detail, {
      message: `The data directory cannot be used: ${detail}. Run the version that wrote it.`,
    });
  }
  // The checkpoint is a thread of its own (checkpoint.ts): its fsyncs would stop every request for a tenth of a second.
  database.exec("PRAGMA wal_autocheckpoint = 0");
  if (version === schemaVersion) return;
  const steps = [tableOfVersion1, toVersion2, toVersion3].slice(Number(version));
  database.exec(`BEGIN IMMEDIATE; ${steps.join("")} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}

const tableOfVersion1 = `
    CREATE TABLE request (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      at INTEGER NOT NULL,
      status INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      model TEXT,
      provider TEXT,
      key_id TEXT,
      dialect TEXT,
      code TEXT,
      is_stream INTEGER NOT NULL,
      duration_ms REAL NOT NULL,
      input_tokens INTEGER,
      output_tokens INTEGER,
      cost_nano_usd INTEGER,
      body TEXT NOT NULL
    );
    CREATE UNIQUE INDEX request_by_id ON request (id);
    CREATE TRIGGER request_keeps_rows BEFORE UPDATE ON request
      BEGIN SELECT RAISE (ABORT, 'the request log is append-only'); END;
    CREATE TRIGGER request_keeps_all_rows BEFORE DELETE ON request
      BEGIN SELECT RAISE (ABORT, 'the request log is append-only'); END;
`;

/** Calls of AI have no route, and take no room in its index. */
const toVersion2 = `
    ALTER TABLE request ADD COLUMN route TEXT;
    CREATE INDEX request_by_route ON request (route, id) WHERE route IS NOT NULL;
`;

/** Whom a request belongs to. */
const toVersion3 = `
    ALTER TABLE request ADD COLUMN tenant TEXT;
    ALTER TABLE request ADD COLUMN project TEXT;
    ALTER TABLE request ADD COLUMN user TEXT;
`;
