import { createHash } from "node:crypto";
import { readdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../kernel/errors.ts";
import { closed, createPrivateDirectory } from "./database.ts";
import { number, text } from "./row.ts";

/** One step of a schema. Once released it never changes: its SHA-256 is recorded where it ran. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const backupsMax = 5;

/**
 * Brings the schema of `database` (at `path`) up to the newest of `migrations`, each in a transaction of its own;
 * before the first new one of a database that has content, a copy goes to `backups/` (the 5 newest are kept).
 * @throws GatewayError `storage_unavailable` when a migration that ran has changed since, or the schema is newer than
 *   this code.
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  database.exec(`CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT`);
  const done = database.prepare("SELECT number, name, sha256 FROM migration ORDER BY number").all();
  for (const row of done) {
    const known = migrations.find((migration) => migration.number === row["number"]);
    if (known === undefined) {
      throw tooNew(path, `${number(row["number"])} (${text(row["name"])})`, migrations.at(-1));
    }
    if (digest(known) !== row["sha256"]) throw changed(path, known);
  }
  const fresh = migrations.slice(done.length);
  if (fresh.length > 0 && done.length > 0) backUp(database, path, done.length);
  for (const migration of fresh) apply(database, migration);
}

function apply(database: DatabaseSync, migration: Migration): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(migration.sql);
    database
      .prepare("INSERT INTO migration (number, name, sha256) VALUES (?, ?, ?)")
      .run(migration.number, migration.name, digest(migration));
    database.exec("COMMIT");
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}

function backUp(database: DatabaseSync, path: string, version: number): void {
  const directory = join(dirname(path), "backups");
  createPrivateDirectory(directory);
  const prefix = "state-before-";
  const target = join(directory, `${prefix}${String(version + 1).padStart(4, "0")}.db`);
  const names = readdirSync(directory)
    .filter((name) => name.startsWith(prefix))
    .toSorted();
  for (const name of names.slice(0, Math.max(0, names.length - backupsMax + 1)))
    unlinkSync(join(directory, name));
  if (names.includes(target.slice(directory.length + 1))) return;
  // To SQLite the copy is a database that is attached.
  database.limits.attach = 1;
  database.prepare("VACUUM INTO ?").run(target);
  database.limits.attach = closed.limits.attach;
}

function digest(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

function tooNew(path: string, found: string, newest: Migration | undefined): GatewayError {
  const ours = newest === undefined ? "none" : `${newest.number} (${newest.name})`;
  return refused(`${path} has schema migration ${found}; this version of the gateway knows up to ${ours}`);
}

function changed(path: string, migration: Migration): GatewayError {
  return refused(
    `migration ${migration.number} (${migration.name}) of ${path} is not the one that ran there`,
  );
}

function refused(detail: string): GatewayError {
  return new GatewayError("storage_unavailable", detail, {
    message: `The data directory cannot be used: ${detail}. Run the version that wrote it, or restore a backup.`,
  });
}
