import type { Migration } from "./migrations.ts";

/** The schema of `ledger.db`, step by step. A step that was released is never edited; add another. */
export const ledgerMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "the ledger of budgets",
    sql: `CREATE TABLE entry (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      request TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('reserve', 'settle', 'release', 'adjust')),
      at INTEGER NOT NULL,
      nano_usd INTEGER NOT NULL,
      freed INTEGER NOT NULL,
      input_tokens INTEGER,
      output_tokens INTEGER,
      price_version TEXT,
      estimated INTEGER NOT NULL,
      UNIQUE (request, attempt, kind)
    ) STRICT;
    CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    CREATE TABLE entry_account (
      budget TEXT NOT NULL,
      period INTEGER NOT NULL,
      entry INTEGER NOT NULL REFERENCES entry (id),
      PRIMARY KEY (budget, period, entry)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_accounts ON entry_account (entry);
    CREATE TABLE open_reservation (
      request TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      entry INTEGER NOT NULL,
      nano_usd INTEGER NOT NULL,
      PRIMARY KEY (request, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE total (
      budget TEXT NOT NULL,
      period INTEGER NOT NULL,
      settled INTEGER NOT NULL,
      reserved INTEGER NOT NULL,
      PRIMARY KEY (budget, period)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE slice (
      budget TEXT NOT NULL,
      period INTEGER NOT NULL,
      nano_usd INTEGER NOT NULL,
      PRIMARY KEY (budget, period)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE alert (
      budget TEXT NOT NULL,
      period INTEGER NOT NULL,
      threshold REAL NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      done_at INTEGER,
      PRIMARY KEY (budget, period, threshold)
    ) STRICT, WITHOUT ROWID`,
  },
];
