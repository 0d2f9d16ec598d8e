import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { parseJson } from "../../kernel/json.ts";
import type { DocumentStore } from "../../ports/document-store.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { type Migration, migrate } from "./migrations.ts";
import { text } from "./row.ts";

/** The schema of `settings.db`, step by step. A step that was released is never edited; add another. */
const migrations: readonly Migration[] = [
  {
    number: 1,
    name: "documents",
    sql: `CREATE TABLE document (
      collection TEXT NOT NULL,
      id TEXT NOT NULL,
      body TEXT NOT NULL CHECK (json_valid(body)),
      PRIMARY KEY (collection, id)
    ) STRICT, WITHOUT ROWID`,
  },
];

/** Where the documents live. */
export interface DocumentStoreSettings {
  /** Created with mode 0700 when absent; the documents are in its `settings.db`. */
  readonly directory: string;
}

/**
 * What was set while the gateway ran, in `settings.db`: a change survives power loss once its promise resolves.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used or was written by a newer version.
 */
export function openDocumentStore({ directory }: DocumentStoreSettings): DocumentStore {
  const path = join(directory, "settings.db");
  const database = open(directory, path);
  const select = database.prepare("SELECT id, body FROM document WHERE collection = ? ORDER BY id");
  const put = database.prepare("INSERT OR REPLACE INTO document (collection, id, body) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM document WHERE collection = ? AND id = ?");
  return {
    list: async (collection) => {
      try {
        return select
          .all(collection)
          .map((row) => ({ id: text(row["id"]), body: parseJson(text(row["body"])) ?? null }));
      } catch (thrown) {
        throw storageFailure(path, thrown);
      }
    },
    change: async (collection, changes) => {
      try {
        database.exec("BEGIN IMMEDIATE");
        for (const { id, body } of changes) {
          if (body === undefined) remove.run(collection, id);
          else put.run(collection, id, JSON.stringify(body));
        }
        database.exec("COMMIT");
      } catch (thrown) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw storageFailure(path, thrown);
      }
    },
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
    migrate(database, path, migrations);
    return database;
  } catch (thrown) {
    database?.close();
    throw storageFailure(path, thrown);
  }
}
