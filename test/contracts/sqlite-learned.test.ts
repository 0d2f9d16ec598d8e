import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openStateStore } from "../../src/platform/sqlite/index.ts";
import { stateStoreContract } from "./state-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

stateStoreContract("sqlite", () => openStateStore({ directory: temporaryDirectory() }));

describe("openStateStore", () => {
  it("keeps values over a restart, in a file only the owner can read", async () => {
    const directory = temporaryDirectory();
    const store = openStateStore({ directory });
    await store.write("routing", { version: 1 });
    await store.close();
    await store.close();
    expect(statSync(join(directory, "learned.db")).mode & 0o777).toBe(0o600);
    const again = openStateStore({ directory });
    expect(await again.read("routing")).toEqual({ version: 1 });
    await again.close();
  });

  it("sets a broken file aside and begins anew", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "learned.db"), "not a database at all".repeat(100));
    const aside: string[] = [];
    const store = openStateStore({ directory, onBroken: (file) => aside.push(file) });
    expect(aside).toEqual([join(directory, "learned.db.broken")]);
    expect(await store.read("routing")).toBeUndefined();
    await store.write("routing", { version: 1 });
    expect(await store.read("routing")).toEqual({ version: 1 });
    await store.close();
    expect(readdirSync(directory)).toContain("learned.db.broken");
  });

  it("says what to do when the directory cannot be used", () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "file"), "");
    expect(() => openStateStore({ directory: join(directory, "file") })).toThrow(
      expect.objectContaining({ code: "storage_unavailable" }),
    );
  });

  it.for(["digest", "value"])("reads a broken %s as none", async (column) => {
    const directory = temporaryDirectory();
    const store = openStateStore({ directory });
    await store.write("routing", { version: 1 });
    const other = new DatabaseSync(join(directory, "learned.db"));
    other.exec(`UPDATE learned SET ${column} = x'00'`);
    other.close();
    expect(await store.read("routing")).toBeUndefined();
    await store.close();
  });
});
