import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { everything } from "../../src/exchange/identity.ts";
import { lockDirectory, openKeyStore } from "../../src/platform/sqlite/index.ts";
import { migrate } from "../../src/platform/sqlite/migrations.ts";
import { stateMigrations } from "../../src/platform/sqlite/state-migrations.ts";
import { clientKey } from "./key-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("openKeyStore", () => {
  it("keeps keys and revocations over a restart, in a file only the owner can read", async () => {
    const directory = temporaryDirectory();
    const store = openKeyStore({ directory });
    await store.insert(clientKey(1));
    await store.revoke("key_1", 5);
    await store.close();
    await store.close();
    expect(statSync(join(directory, "state.db")).mode & 0o777).toBe(0o600);
    const again = openKeyStore({ directory });
    expect(await again.list()).toEqual([clientKey(1, { revokedAt: 5 })]);
    await again.close();
  });

  it("sees what another process, such as the command line, has written", async () => {
    const directory = temporaryDirectory();
    const [one, other] = [openKeyStore({ directory }), openKeyStore({ directory })];
    await one.insert(clientKey(1));
    expect(await other.list()).toEqual([clientKey(1)]);
    await other.revoke("key_1", 5);
    expect(await one.list()).toEqual([clientKey(1, { revokedAt: 5 })]);
    await one.close();
    await other.close();
  });

  it("keeps the keys of an installation that knew of no zones: they are bound to none", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "state.db");
    const database = new DatabaseSync(path);
    migrate(database, path, stateMigrations.slice(0, 1));
    database.exec(
      "INSERT INTO client_key VALUES ('key_1', 'old', 'digest', 'abcd', '[\"gpt-*\"]', 1700000000000, NULL)",
    );
    database.close();
    const store = openKeyStore({ directory });
    expect(await store.list()).toMatchObject([{ id: "key_1", models: ["gpt-*"], residency: [] }]);
    await store.close();
  });

  it("keeps the keys of an installation that knew of no tenants: they are whole, of the default one, and unbounded", async () => {
    const directory = temporaryDirectory();
    const path = join(directory, "state.db");
    const database = new DatabaseSync(path);
    migrate(database, path, stateMigrations.slice(0, 2));
    database.exec(
      "INSERT INTO client_key VALUES ('key_1', 'old', 'digest', 'abcd', '[]', 1700000000000, NULL, '[\"eu\"]')",
    );
    database.close();
    const store = openKeyStore({ directory });
    expect(await store.list()).toEqual([
      {
        ...{ id: "key_1", name: "old", tenant: "default", project: "default", user: null, handle: null },
        ...{ secret: { form: "whole", digest: "digest" }, previous: null, hint: "abcd", priority: null },
        ...{ models: [], residency: ["eu"], scope: everything, networks: [], expiresAt: null, labels: {} },
        ...{ createdAt: 1_700_000_000_000, revokedAt: null, lastUsedAt: null },
      },
    ]);
    await store.close();
  });

  it("says what to do when the directory or the file cannot be used", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "");
    const expected = expect.objectContaining({
      code: "storage_unavailable",
      publicMessage: expect.stringContaining("--data-dir"),
    });
    expect(() => openKeyStore({ directory: join(directory, "file") })).toThrow(expected);
    writeFileSync(join(directory, "state.db"), "not a database at all".repeat(100));
    expect(() => openKeyStore({ directory })).toThrow(expected);
  });

  it.for([
    {
      name: "newer than this code",
      sql: "INSERT INTO migration VALUES (99, 'later', 'x')",
      says: /migration 99 \(later\).*up to 3 \(tenants and projects/,
    },
    {
      name: "made by a migration that has changed since",
      sql: "UPDATE migration SET sha256 = 'x'",
      says: /migration 1 \(client keys\) of .*state\.db is not the one/,
    },
  ])("refuses a schema that is $name, and names it", async ({ sql, says }) => {
    const directory = temporaryDirectory();
    await openKeyStore({ directory }).close();
    const database = new DatabaseSync(join(directory, "state.db"));
    database.exec(sql);
    database.close();
    expect(() => openKeyStore({ directory })).toThrow(says);
    expect(() => openKeyStore({ directory })).toThrow(
      expect.objectContaining({ code: "storage_unavailable" }),
    );
  });
});

describe("migrate", () => {
  const first = { number: 1, name: "one", sql: "CREATE TABLE one (a)" };
  const second = { number: 2, name: "two", sql: "CREATE TABLE two (a); INSERT INTO two VALUES (1)" };

  it("runs only what is new, after a copy of the file was put into backups/", () => {
    const directory = temporaryDirectory();
    const path = join(directory, "state.db");
    const database = new DatabaseSync(path);
    migrate(database, path, [first]);
    database.exec("INSERT INTO one VALUES (42)");
    expect(existsSync(join(directory, "backups"))).toBe(false);
    migrate(database, path, [first, second]);
    migrate(database, path, [first, second]);
    expect(database.prepare("SELECT count(*) AS n FROM two").get()).toEqual({ n: 1 });
    database.close();
    const [name = "", ...others] = readdirSync(join(directory, "backups"));
    expect(others).toEqual([]);
    const copy = new DatabaseSync(join(directory, "backups", name));
    expect(copy.prepare("SELECT a FROM one").all()).toEqual([{ a: 42 }]);
    expect(copy.prepare("SELECT name FROM sqlite_schema WHERE name = 'two'").all()).toEqual([]);
    copy.close();
  });

  it("leaves nothing of a migration that fails", () => {
    const directory = temporaryDirectory();
    const path = join(directory, "state.db");
    const database = new DatabaseSync(path);
    const broken = { number: 2, name: "broken", sql: "CREATE TABLE two (a); SELECT nonsense" };
    expect(() => migrate(database, path, [first, broken])).toThrow(/nonsense/);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'two'").all()).toEqual([]);
    migrate(database, path, [first, second]);
    database.close();
  });
});

describe("lockDirectory", () => {
  it("gives a directory to one gateway only, until it lets go", () => {
    const directory = join(temporaryDirectory(), "data");
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(
      expect.objectContaining({
        code: "storage_unavailable",
        publicMessage: `Another gateway uses ${directory}. Stop it, or give this one its own directory with --data-dir.`,
      }),
    );
    lock.release();
    lock.release();
    const again = lockDirectory(directory);
    again.release();
  });

  it("holds against another process, and is free as soon as that process is killed", async () => {
    const directory = temporaryDirectory();
    const module = join(import.meta.dirname, "../../src/platform/sqlite/index.ts");
    const program = `
      const { lockDirectory } = await import(${JSON.stringify(module)});
      lockDirectory(${JSON.stringify(directory)});
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    expect(() => lockDirectory(directory)).toThrow(/another gateway uses/);
    const gone = once(holder, "close");
    holder.kill("SIGKILL");
    await gone;
    lockDirectory(directory).release();
  });

  it("says what to do when there can be no directory", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "");
    expect(() => lockDirectory(join(directory, "file"))).toThrow(
      expect.objectContaining({ publicMessage: expect.stringContaining("--data-dir") }),
    );
  });
});
