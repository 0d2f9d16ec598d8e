import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../kernel/errors.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { faultOf } from "./fault.ts";

/** A data directory that belongs to this process. */
export interface DirectoryLock {
  /** Gives the directory back; calling it twice does nothing. The system does the same when the process dies. */
  readonly release: () => void;
}

/**
 * Takes `directory` (created with mode 0700 when absent) for this process alone, by an exclusive lock on `lock.db`.
 * @throws GatewayError `storage_unavailable` when another gateway holds it or it cannot be written.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, "lock.db");
  let database: DatabaseSync | undefined;
  try {
    createPrivateDirectory(directory);
    database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: 0, journal: "DELETE" });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (thrown) {
    database?.close();
    if (faultOf(thrown) === "busy") throw inUse(directory);
    throw storageFailure(path, thrown);
  }
  const held = database;
  let isHeld = true;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      held.close();
    },
  };
}

function inUse(directory: string): GatewayError {
  return new GatewayError("storage_unavailable", `another gateway uses ${directory}`, {
    message: `Another gateway uses ${directory}. Stop it, or give this one its own directory with --data-dir.`,
  });
}
