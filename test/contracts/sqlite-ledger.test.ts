import { copyFileSync, existsSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openLedgerStore } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { ledgerEntry, ledgerStoreContract } from "./ledger-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

ledgerStoreContract("sqlite", () =>
  openLedgerStore({ directory: temporaryDirectory(), threads: ownThreads }),
);

const reserved = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ledgerEntry("reserve", `r${from + index}`, 10));

describe("openLedgerStore", () => {
  it("goes on after a restart, in a file only the owner can read", async () => {
    const directory = temporaryDirectory();
    const store = openLedgerStore({ directory, threads: ownThreads });
    await store.commit({ entries: reserved(3) });
    await store.close();
    await store.close();
    expect(statSync(join(directory, "ledger.db")).mode & 0o777).toBe(0o600);
    const again = openLedgerStore({ directory, threads: ownThreads });
    expect((await again.open(0)).open).toHaveLength(3);
    await again.close();
    await expect(again.commit({})).rejects.toThrow(expect.objectContaining({ code: "storage_unavailable" }));
  });

  it("is append-only: no statement changes an entry or takes one away", async () => {
    const directory = temporaryDirectory();
    const store = openLedgerStore({ directory, threads: ownThreads });
    await store.commit({ entries: reserved(1) });
    await store.close();
    const database = new DatabaseSync(join(directory, "ledger.db"));
    expect(() => database.exec("UPDATE entry SET nano_usd = 0")).toThrow(/append-only/);
    expect(() => database.exec("DELETE FROM entry")).toThrow(/append-only/);
    database.close();
  });

  it("finds a total that is not the sum of its entries", async () => {
    const directory = temporaryDirectory();
    const store = openLedgerStore({ directory, threads: ownThreads });
    await store.commit({ entries: reserved(2) });
    const database = new DatabaseSync(join(directory, "ledger.db"));
    database.exec("UPDATE total SET reserved = reserved + 1");
    database.close();
    expect(await store.check(0)).toEqual([
      {
        kept: { budget: "team", period: 10, settled: 0n, reserved: 21n },
        summed: { budget: "team", period: 10, settled: 0n, reserved: 20n },
      },
    ]);
    await store.close();
  });

  it("takes nothing of a batch of which one line cannot be written, and the next as ever", async () => {
    const store = openLedgerStore({ directory: temporaryDirectory(), threads: ownThreads });
    const wrong = ledgerEntry("reserve", "wrong", 0.5);
    await expect(store.commit({ entries: [...reserved(2), wrong] })).rejects.toThrow(
      expect.objectContaining({ code: "storage_unavailable" }),
    );
    expect((await store.open(0)).open).toEqual([]);
    await store.commit({ entries: reserved(2) });
    expect((await store.open(0)).open).toHaveLength(2);
    await store.close();
  });

  it("drops a torn tail: what power loss has cut in the middle of a batch was never there", async () => {
    const directory = temporaryDirectory();
    const store = openLedgerStore({ directory, threads: ownThreads });
    await store.commit({ entries: reserved(5) });
    const whole = statSync(join(directory, "ledger.db-wal")).size;
    await store.commit({ entries: reserved(50, 5) });
    const torn = temporaryDirectory();
    for (const suffix of ["", "-wal"])
      copyFileSync(join(directory, `ledger.db${suffix}`), join(torn, `ledger.db${suffix}`));
    await store.close();
    const size = statSync(join(torn, "ledger.db-wal")).size;
    expect(size).toBeGreaterThan(whole);
    truncateSync(join(torn, "ledger.db-wal"), whole + Math.floor((size - whole) * 0.7));
    const again = openLedgerStore({ directory: torn, threads: ownThreads });
    expect((await again.open(0)).open).toHaveLength(5);
    expect(await again.check(0)).toEqual([]);
    await again.commit({ entries: reserved(50, 5) });
    expect((await again.open(0)).open).toHaveLength(55);
    await again.close();
  });

  it("says what to do when the file is none", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "ledger.db"), "not a database at all".repeat(100));
    expect(() => openLedgerStore({ directory, threads: ownThreads })).toThrow(
      expect.objectContaining({
        code: "storage_unavailable",
        publicMessage: expect.stringContaining("--data-dir"),
      }),
    );
    expect(existsSync(join(directory, "ledger.db"))).toBe(true);
  });
});
