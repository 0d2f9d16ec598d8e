import type { Migration } from "./migrations.ts";

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
  {
    number: 3,
    name: "tenants and projects; handles, rotation and bounds of keys",
    sql: `ALTER TABLE client_key ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';
      ALTER TABLE client_key ADD COLUMN project TEXT NOT NULL DEFAULT 'default';
      ALTER TABLE client_key ADD COLUMN user TEXT;
      ALTER TABLE client_key ADD COLUMN handle TEXT;
      ALTER TABLE client_key ADD COLUMN form TEXT NOT NULL DEFAULT 'whole' CHECK (form IN ('v1', 'whole'));
      ALTER TABLE client_key ADD COLUMN previous_digest TEXT;
      ALTER TABLE client_key ADD COLUMN previous_form TEXT CHECK (previous_form IN ('v1', 'whole'));
      ALTER TABLE client_key ADD COLUMN previous_until INTEGER;
      ALTER TABLE client_key ADD COLUMN scope TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(scope));
      ALTER TABLE client_key ADD COLUMN networks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(networks));
      ALTER TABLE client_key ADD COLUMN priority TEXT CHECK (priority IN ('interactive', 'batch'));
      ALTER TABLE client_key ADD COLUMN labels TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(labels));
      ALTER TABLE client_key ADD COLUMN expires_at INTEGER;
      ALTER TABLE client_key ADD COLUMN last_used_at INTEGER;
      CREATE UNIQUE INDEX client_key_by_handle ON client_key (handle) WHERE handle IS NOT NULL;
      CREATE TABLE owner (
        tenant TEXT NOT NULL,
        project TEXT NOT NULL,
        name TEXT NOT NULL,
        models TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(models)),
        residency TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(residency)),
        scope TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(scope)),
        networks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(networks)),
        labels TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(labels)),
        expires_at INTEGER,
        is_disabled INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (tenant, project)
      ) STRICT;
      INSERT INTO owner (tenant, project, name, created_at) VALUES
        ('default', '', 'Default', 0), ('default', 'default', 'Default', 0)`,
  },
];
