import { createHash } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { StateStore } from "../../ports/state-store.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { faultOf } from "./fault.ts";

/** Where it is kept. */
export interface StateStoreSettings {
  /** Created with mode 0700 when absent; the values are in its `learned.db`. */
  readonly directory: string;
  /** Told where a file was set aside that could not be read any more. */
  readonly onBroken?: (asideAs: string) => void;
}

/**
 * What was learned, in `learned.db`, each value with its digest: a broken one reads as none. The file may be deleted
 * while the gateway is down, and a broken one is set aside: then it begins anew.
 *
 * @throws GatewayError `storage_unavailable` when the directory cannot be used.
 */
export function openStateStore({ directory, onBroken }: StateStoreSettings): StateStore {
  const path = join(directory, "learned.db");
  try {
    createPrivateDirectory(directory);
    const database = openSound(path, onBroken);
    const select = database.prepare("SELECT digest, value FROM learned WHERE name = ?");
    const upsert = database.prepare(
      "INSERT INTO learned (name, digest, value) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, value = excluded.value",
    );
    return {
      read: async (name) => {
        const row = select.get(name);
        return row === undefined ? undefined : valueOf(row["digest"], row["value"]);
      },
      write: async (name, value) => {
        const bytes = serialize(value);
        try {
          upsert.run(name, digestOf(bytes), bytes);
        } catch (thrown) {
          throw storageFailure(path, thrown);
        }
      },
      close: async () => {
        if (database.isOpen) database.close();
      },
    };
  } catch (thrown) {
    throw storageFailure(path, thrown);
  }
}

/** What cannot be read any more is set aside as `learned.db.broken`: it is no reason not to start. */
function openSound(path: string, onBroken: StateStoreSettings["onBroken"]): DatabaseSync {
  try {
    return open(path);
  } catch (thrown) {
    if (faultOf(thrown) !== "corrupt") throw thrown;
    const asideAs = `${path}.broken`;
    renameSync(path, asideAs);
    for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    onBroken?.(asideAs);
    return open(path);
  }
}

function open(path: string): DatabaseSync {
  const database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: 5000 });
  try {
    database.exec(
      "CREATE TABLE IF NOT EXISTS learned (name TEXT PRIMARY KEY, digest BLOB NOT NULL, value BLOB NOT NULL) STRICT",
    );
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

const digestOf = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

function valueOf(digest: unknown, bytes: unknown): unknown {
  if (!(digest instanceof Uint8Array && bytes instanceof Uint8Array)) return undefined;
  if (Buffer.compare(digestOf(bytes), digest) !== 0) return undefined;
  try {
    return deserialize(bytes);
  } catch {
    // Written by another version of the engine.
    return undefined;
  }
}
