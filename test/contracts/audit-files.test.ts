import { appendFileSync, readdirSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openAuditFiles } from "../../src/platform/audit-files/index.ts";
import { createMemoryAuditStore } from "../../src/platform/memory/index.ts";
import { systemClock } from "../../src/platform/system/index.ts";
import type { AuditStore } from "../../src/ports/audit-store.ts";
import { auditStoreContract } from "./audit-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const openIn = (directory: string): Promise<AuditStore> =>
  openAuditFiles({ directory, clock: systemClock, segmentSize: 1000 });

auditStoreContract("a directory of files", async () => {
  const directory = join(temporaryDirectory(), "audit");
  return {
    store: await openIn(directory),
    reopen: async (store) => {
      await store.close();
      return openIn(directory);
    },
  };
});

auditStoreContract("memory", async () => ({
  store: createMemoryAuditStore(1000),
  reopen: async (store) => store,
}));

async function read(store: AuditStore, from: number, to: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const lines of store.lines(from, to)) found.push(...lines);
  return found;
}

describe("the files of the audit log", () => {
  it("are for their owner alone", async () => {
    const directory = join(temporaryDirectory(), "audit");
    const store = await openIn(directory);
    await store.append(["one"]);
    await store.showVerifier("key");
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it("lose a torn last line, half a hash and half a note at the start, and nothing else", async () => {
    const directory = join(temporaryDirectory(), "audit");
    const store = await openIn(directory);
    await store.append(["one", "two"]);
    await store.hashes.write(0, 0, Buffer.alloc(64, 1));
    await store.notes.append("a\n1\nb\n\n— a b\n");
    await store.close();
    appendFileSync(join(directory, "records-000000.log"), "half a li");
    appendFileSync(join(directory, "hashes-0"), "half");
    appendFileSync(join(directory, "checkpoints.txt"), "a\n2\nb\n");
    const opened = await openIn(directory);
    expect(await read(opened, 0, 10)).toEqual(["one", "two"]);
    expect(opened.hashes.count(0)).toBe(2);
    await opened.notes.append("a\n2\nb\n\n— a b\n");
    expect(await opened.notes.read()).toBe("a\n1\nb\n\n— a b\n\na\n2\nb\n\n— a b\n\n");
    await opened.append(["three"]);
    expect(await read(opened, 0, 10)).toEqual(["one", "two", "three"]);
    await opened.close();
  });

  it("know which segment was moved away, and read the others", async () => {
    const directory = join(temporaryDirectory(), "audit");
    const store = await openIn(directory);
    await store.append(Array.from({ length: 1000 }, (_, at) => `line ${at}`));
    await store.append(["line 1000"]);
    renameSync(join(directory, "records-000000.log"), join(directory, "../away.log"));
    expect(store.segments().map(({ isHere }) => isHere)).toEqual([false, true]);
    await expect(read(store, 999, 1001)).rejects.toMatchObject({ code: "conflict" });
    expect(await read(store, 1000, 1001)).toEqual(["line 1000"]);
    await store.close();
    const opened = await openIn(directory);
    expect(opened.size()).toBe(1001);
    await opened.close();
  });

  it("say storage_unavailable when a file is in the way, or one cannot be written", async () => {
    const directory = join(temporaryDirectory(), "audit");
    writeFileSync(directory, "in the way");
    await expect(openIn(directory)).rejects.toMatchObject({ code: "storage_unavailable" });
  });

  it("read hashes no further than there are", async () => {
    const directory = join(temporaryDirectory(), "audit");
    const store = await openIn(directory);
    await store.hashes.write(0, 0, Buffer.alloc(96, 1));
    truncateSync(join(directory, "hashes-0"), 64);
    expect(() => store.hashes.read(0, 0, 3)).toThrow(/end before/);
    await store.close();
  });
});
