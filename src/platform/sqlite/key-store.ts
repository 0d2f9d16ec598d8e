import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { ClientKey, KeySecret } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { KeyStore } from "../../ports/key-store.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { faultOf } from "./fault.ts";
import { grant, grantValues, labels } from "./json-columns.ts";
import { migrate } from "./migrations.ts";
import { ownerStores } from "./owner-store.ts";
import { number, optionalNumber, optionalText, type Row, text } from "./row.ts";
import { stateMigrations } from "./state-migrations.ts";

/** Where the keys live. */
export interface KeyStoreSettings {
  /** Created with mode 0700 when absent; the keys are in its `state.db`. */
  readonly directory: string;
}

/** The columns that may change, in the order of `changeable`. */
const columns = [
  ...["name", "user", "handle", "form", "digest", "hint"],
  ...["previous_form", "previous_digest", "previous_until"],
  ...["models", "residency", "scope", "networks", "expires_at", "priority", "labels"],
];
/** Those that are written once, or by calls of their own. */
const fixed = ["tenant", "project", "created_at", "revoked_at", "last_used_at", "id"];

/**
 * Client keys and whom they belong to, in `state.db`: a write is on the disk when its promise resolves.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used or was written by a newer version.
 */
export function openKeyStore({ directory }: KeyStoreSettings): KeyStore {
  const path = join(directory, "state.db");
  const database = open(directory, path);
  const select = database.prepare("SELECT * FROM client_key ORDER BY created_at, id");
  const selectOne = database.prepare("SELECT * FROM client_key WHERE id = ?");
  const all = [...columns, ...fixed];
  const insert = database.prepare(
    `INSERT INTO client_key (${all.join(", ")}) VALUES (${all.map(() => "?").join(", ")})`,
  );
  const update = database.prepare(
    `UPDATE client_key SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`,
  );
  const revoke = database.prepare("UPDATE client_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
  const used = database.prepare(
    "UPDATE client_key SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?",
  );
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
  const distinct = (id: string, run: () => void): void => {
    try {
      run();
    } catch (thrown) {
      if (faultOf(thrown) !== "constraint") throw thrown;
      throw new GatewayError("conflict", `a key with the id or digest of ${id} exists`, { cause: thrown });
    }
  };
  return {
    list: async () => guarded(() => select.all().map(keyOf)),
    insert: async (key) => {
      const { tenant, project, createdAt, revokedAt, lastUsedAt, id } = key;
      const once = [tenant, project, createdAt, revokedAt, lastUsedAt, id];
      guarded(() => distinct(id, () => void insert.run(...changeable(key), ...once)));
    },
    update: async (key) => guarded(() => distinct(key.id, () => void update.run(...changeable(key), key.id))),
    revoke: async (id, at) =>
      guarded(() => {
        revoke.run(at, id);
        return read(id);
      }),
    used: async (times) =>
      guarded(() => {
        database.exec("BEGIN IMMEDIATE");
        try {
          for (const [id, at] of times) used.run(at, id);
          database.exec("COMMIT");
        } catch (thrown) {
          if (database.isTransaction) database.exec("ROLLBACK");
          throw thrown;
        }
      }),
    ...ownerStores(database, guarded),
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

const changeable = (key: ClientKey) => [
  ...[key.name, key.user, key.handle, key.secret.form, key.secret.digest, key.hint],
  ...[key.previous?.form ?? null, key.previous?.digest ?? null, key.previous?.until ?? null],
  ...[...grantValues(key), key.priority, JSON.stringify(key.labels)],
];

const keyOf = (row: Row): ClientKey => ({
  ...grant(row),
  id: text(row["id"]),
  name: text(row["name"]),
  tenant: text(row["tenant"]),
  project: text(row["project"]),
  user: optionalText(row["user"]),
  handle: optionalText(row["handle"]),
  secret: { form: formOf(row["form"]), digest: text(row["digest"]) },
  previous: previousOf(row),
  hint: text(row["hint"]),
  priority: priorityOf(row["priority"]),
  labels: labels(row),
  createdAt: number(row["created_at"]),
  revokedAt: optionalNumber(row["revoked_at"]),
  lastUsedAt: optionalNumber(row["last_used_at"]),
});

const formOf = (value: Row[string] | undefined): KeySecret["form"] => (value === "v1" ? "v1" : "whole");

const priorityOf = (value: Row[string] | undefined): ClientKey["priority"] =>
  value === "batch" || value === "interactive" ? value : null;

function previousOf(row: Row): ClientKey["previous"] {
  const digest = optionalText(row["previous_digest"]);
  if (digest === null) return null;
  return { form: formOf(row["previous_form"]), digest, until: optionalNumber(row["previous_until"]) };
}
