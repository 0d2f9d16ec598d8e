import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ClientKey } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { KeyStore } from "../../ports/key-store.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { faultOf } from "./fault.ts";
import { type Migration, migrate } from "./migrations.ts";
import { number, optionalNumber, text } from "./row.ts";

/** The schema of `state.db`, step by step. A step that was released is never edited; add another. */
export const stateMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "client keys",
    sql: `CREATE TABLE client_key (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      digest TEXT NOT NULL UNIQUE,
      hint TEXT NOT NULL,
      models TEXT NOT NULL CHECK (json_valid(models)),
      created_at INTEGER NOT NULL,
      revoked_at INTEGER
    ) STRICT`,
  },
  {
    number: 2,
    name: "zones that a key is bound to",
    sql: "ALTER TABLE client_key ADD COLUMN residency TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(residency))",
  },
];

/** Where the keys live. */
export interface KeyStoreSettings {
  /** Created with mode 0700 when absent; the keys are in its `state.db`. */
  readonly directory: string;
}

/**
 * Client keys in `state.db`: a write is on the disk when its promise resolves.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used or was written by a newer version.
 */
export function openKeyStore({ directory }: KeyStoreSettings): KeyStore {
  const path = join(directory, "state.db");
  const database = open(directory, path);
  const select = database.prepare("SELECT * FROM client_key ORDER BY created_at, id");
  const selectOne = database.prepare("SELECT * FROM client_key WHERE id = ?");
  const insert = database.prepare(
    "INSERT INTO client_key (id, name, digest, hint, models, residency, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const revoke = database.prepare("UPDATE client_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const read = (id: string): ClientKey | undefined => {
    const row = selectOne.get(id);
    return row === undefined ? undefined : keyOf(row);
  };
  const guarded = <Result>(run: () => Result): Result => {
    try {
      return run();
    } catch (thrown) {
      throw storageFailure(path, thrown);
    }
  };
  return {
    list: async () => guarded(() => select.all().map(keyOf)),
    insert: async (key) => {
      const { id, name, digest, hint, models, residency, createdAt, revokedAt } = key;
      guarded(() => {
        try {
          const lists = [JSON.stringify(models), JSON.stringify(residency)];
          insert.run(id, name, digest, hint, ...lists, createdAt, revokedAt);
        } catch (thrown) {
          if (faultOf(thrown) !== "constraint") throw thrown;
          throw new GatewayError("conflict", `a key with the id or digest of ${id} exists`, {
            cause: thrown,
          });
        }
      });
    },
    revoke: async (id, at) =>
      guarded(() => {
        revoke.run(at, id);
        return read(id);
      }),
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}

function open(directory: string, path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    createPrivateDirectory(directory);
    database = openDatabase(path, { synchronous: "FULL", busyTimeoutMs: 5000 });
    migrate(database, path, stateMigrations);
    return database;
  } catch (thrown) {
    database?.close();
    throw storageFailure(path, thrown);
  }
}

function keyOf(row: Record<string, SQLOutputValue>): ClientKey {
  return {
    id: text(row["id"]),
    name: text(row["name"]),
    digest: text(row["digest"]),
    hint: text(row["hint"]),
    models: textsOf(text(row["models"])),
    residency: textsOf(text(row["residency"])),
    createdAt: number(row["created_at"]),
    revokedAt: optionalNumber(row["revoked_at"]),
  };
}

function textsOf(json: string): readonly string[] {
  const parsed: unknown = JSON.parse(json);
  return Array.isArray(parsed) ? parsed.filter((item) => typeof item === "string") : [];
}
