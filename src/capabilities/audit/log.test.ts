import { describe, expect, it } from "vitest";
import { sha256 } from "../../platform/evidence/index.ts";
import { createMemoryAuditStore } from "../../platform/memory/index.ts";
import { entryOf, linesOf, openTestAudit, recordMany, verifyStore } from "./audit.test-support.ts";
import { readCheckpoint, splitNotes } from "./checkpoint.ts";
import { isConsistent, isIncluded } from "./proofs.ts";
import { readLine, recordIn } from "./record.ts";
import { merkleHashing } from "./tree.ts";

const change = {
  at: 0 as never,
  requestId: "r",
  route: "createKey",
  permission: "keys:write",
  audit: "key.created",
  name: "",
  caller: "op_1",
  tenant: undefined,
  remoteAddress: "192.0.2.7",
  refusedBy: undefined,
} as const;
const bytes = (text: string): Uint8Array => Buffer.from(text, "base64");

describe("the audit log", () => {
  it("says what was opened, what happened in order, and what was closed", async () => {
    const { audit, store } = await openTestAudit();
    for (let index = 0; index < 3; index += 1) audit.record(entryOf(index));
    await audit.close();
    const found = (await linesOf(store)).map((line) => readLine(line));
    expect(found.map((record) => [record?.index, record?.type])).toEqual([
      [0, "audit.started"],
      [1, "key.created"],
      [2, "request.served"],
      [3, "request.served"],
      [4, "audit.stopped"],
    ]);
    expect(await verifyStore(store)).toMatchObject({ kind: "intact", unsigned: 0 });
  });

  it("lets gather what comes during a write, and writes it with the next", async () => {
    const kept = createMemoryAuditStore(10_000);
    let writes = 0;
    let during = (): void => undefined;
    const append: typeof kept.append = (...asked) => {
      writes += 1;
      during();
      return kept.append(...asked);
    };
    const { audit, time } = await openTestAudit({ ...kept, append });
    await audit.control.list({ limit: 1 });
    writes = 0;
    during = () => audit.record(entryOf(1));
    audit.record(entryOf(1));
    for (let turns = 0; turns < 5; turns += 1) {
      time.advance(20);
      for (let tick = 0; tick < 50; tick += 1) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(writes).toBeGreaterThanOrEqual(4);
    expect(writes).toBeLessThanOrEqual(5);
    during = () => undefined;
    const { records } = await audit.control.list({ limit: 100, type: "request." });
    expect(records).toHaveLength(writes);
    await audit.close();
  });

  it("signs after ten seconds if there is something new, and after a thousand records", async () => {
    const { audit, time, notes } = await openTestAudit(createMemoryAuditStore(10_000));
    await audit.control.list({ limit: 1 });
    time.advance(10_000);
    await expect.poll(() => notes.length).toBe(1);
    time.advance(60_000);
    await audit.control.list({ limit: 1 });
    expect(notes).toHaveLength(1);
    for (let index = 0; index < 1000; index += 1) audit.record(entryOf(index));
    const flushed = audit.control.list({ limit: 1 });
    let isFlushed = false;
    void flushed.then(() => (isFlushed = true));
    await expect
      .poll(
        () => {
          time.advance(1);
          return isFlushed;
        },
        { interval: 1 },
      )
      .toBe(true);
    expect(notes.map((note) => readCheckpoint(note)?.size)).toEqual([1, 1001]);
  });

  it("goes on after a restart with a tree that is consistent with the one before", async () => {
    const store = createMemoryAuditStore(100);
    const first = await openTestAudit(store);
    await recordMany(first.audit, 130);
    await first.audit.close();
    const second = await openTestAudit(store);
    await recordMany(second.audit, 40);
    const { note } = await second.audit.control.checkpoint();
    const [before, after] = [first.notes.at(-1) ?? "", note].map((text) => readCheckpoint(text));
    if (before === undefined || after === undefined) return expect.fail("unreadable");
    const { hashes } = second.audit.control.consistency(before.size, after.size);
    expect(
      isConsistent(merkleHashing(sha256), {
        from: before.size,
        to: after.size,
        fromRoot: before.root,
        toRoot: after.root,
        proof: hashes.map(bytes),
      }),
    ).toBe(true);
    expect(await verifyStore(store, first.notes.at(-1))).toMatchObject({ kind: "intact" });
  });

  it("proves of each record that it is in the log", async () => {
    const { audit, store } = await openTestAudit();
    await recordMany(audit, 60);
    const hashing = merkleHashing(sha256);
    for (const [index, line] of (await linesOf(store)).entries()) {
      const { hashes, size, root } = audit.control.inclusion(index, undefined);
      expect(
        isIncluded(hashing, {
          leaf: hashing.leaf(recordIn(line)),
          index,
          size,
          root: bytes(root),
          proof: hashes.map(bytes),
        }),
      ).toBe(true);
    }
    for (const ask of [
      () => audit.control.inclusion(61, undefined),
      () => audit.control.inclusion(0, 99),
      () => audit.control.consistency(0, undefined),
      () => audit.control.consistency(9, 8),
    ])
      expect(ask).toThrow(/malformed_request/);
  });

  it("acknowledges a change once its record is durable, and anything else at once", async () => {
    const { audit, store } = await openTestAudit();
    const done = audit.called(change);
    expect(done).toBeInstanceOf(Promise);
    await done;
    expect((await linesOf(store)).at(-1)).toContain('"type":"key.created"');
    expect(
      audit.called({ ...change, permission: "keys:read", audit: undefined, route: "listKeys" }),
    ).toBeUndefined();
    expect(audit.called({ ...change, refusedBy: "policy_denied" })).toBeUndefined();
  });

  it("refuses changes while nothing can be written, takes requests, and says how many it could not keep", async () => {
    const { audit, store, time, logger } = await openTestAudit();
    await audit.control.list({ limit: 1 });
    store.fill?.(true);
    await expect(audit.called(change)).rejects.toMatchObject({ code: "storage_unavailable" });
    await expect(audit.beforeChange()).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(logger.lines().filter(({ level }) => level === "error")).toHaveLength(1);
    const kept = 20_000 - audit.control.state().waiting;
    for (let index = 0; index < kept + 7; index += 1) audit.record(entryOf(index));
    expect(audit.control.state()).toMatchObject({ dropped: 7, waiting: 20_000 });
    store.fill?.(false);
    let isWritten = false;
    void audit.beforeChange().then(() => (isWritten = true));
    await expect
      .poll(
        () => {
          for (let count = 0; count < 50; count += 1) time.advance(1);
          return isWritten;
        },
        { interval: 1 },
      )
      .toBe(true);
    const lines = await linesOf(store);
    expect(lines.at(-1)).toContain('"facts":{"dropped":7}');
    expect(
      lines.filter(
        (line) => line.includes('"type":"key.created"') && line.includes('"operation":"createKey"'),
      ),
    ).toHaveLength(1);
    expect(audit.control.state()).toMatchObject({ lastError: undefined, waiting: 0, size: lines.length });
    expect(await verifyStore(store)).toMatchObject({ kind: "intact" });
  });

  it("sets a log aside that is not the one that was signed, and says so in the first record of the next", async () => {
    const store = createMemoryAuditStore(100);
    const first = await openTestAudit(store);
    await recordMany(first.audit, 30);
    await first.audit.close();
    await store.overwrite(3, ((await linesOf(store))[3] ?? "").replace("gpt", "gpx"));
    await store.hashes.write(0, 0, new Uint8Array(0));
    const second = await openTestAudit(store);
    await second.audit.control.list({ limit: 1 });
    const [line = ""] = await linesOf(store);
    expect(readLine(line)).toMatchObject({ index: 0, type: "audit.restarted", facts: { lastSize: 32 } });
    expect(second.logger.lines().some(({ level }) => level === "error")).toBe(true);
  });

  it("cuts off what was half written behind the last checkpoint", async () => {
    const store = createMemoryAuditStore(100);
    const first = await openTestAudit(store);
    await recordMany(first.audit, 10);
    await store.append(['{"actor":"key:1","at":"2026-', '{"index":12}']);
    const second = await openTestAudit(store);
    await second.audit.control.checkpoint();
    expect((await linesOf(store)).map((line) => readLine(line)?.index)).toEqual([...Array(12).keys()]);
    expect(await verifyStore(store)).toMatchObject({ kind: "intact", size: 12 });
  });

  it("has its hashes made anew where they were lost", async () => {
    const store = createMemoryAuditStore(100);
    const first = await openTestAudit(store);
    await recordMany(first.audit, 300);
    await store.hashes.write(0, 100, new Uint8Array(0));
    await store.hashes.write(8, 0, new Uint8Array(0));
    const second = await openTestAudit(store);
    expect(second.logger.lines().filter(({ level }) => level === "error")).toEqual([]);
    await second.audit.control.checkpoint();
    expect(store.hashes.count(8)).toBe(1);
    expect(await verifyStore(store, first.notes.at(-1))).toMatchObject({ kind: "intact", size: 302 });
  });
});

describe("reading", () => {
  it("gives pages, newest first, of what is asked for", async () => {
    const { audit } = await openTestAudit();
    await recordMany(audit, 250);
    const seen: number[] = [];
    let before: number | undefined;
    do {
      const { records, next } = await audit.control.list({
        type: "key.",
        limit: 20,
        ...(before === undefined ? {} : { before }),
      });
      seen.push(...records.map(({ index }) => index));
      before = next;
    } while (before !== undefined);
    expect(seen).toEqual(Array.from({ length: 84 }, (_, at) => 3 * (83 - at) + 1));
    const { records } = await audit.control.list({ actor: "key:7", limit: 5 });
    expect(records.map(({ index }) => index)).toEqual([8]);
    expect((await audit.control.list({ since: "2027-01-01T00:00:00.000Z", limit: 5 })).records).toEqual([]);
    expect((await audit.control.list({ until: "2027-01-01T00:00:00.000Z", limit: 5 })).records).toHaveLength(
      5,
    );
    expect((await audit.control.list({ tenant: "other", limit: 5 })).records).toEqual([]);
    expect(splitNotes(`${(await audit.control.checkpoint()).note}\n`)).toHaveLength(1);
  });

  it("is not held up by an entry that cannot be printed: a record tells that there was one", async () => {
    const { audit, store } = await openTestAudit();
    audit.record({ ...entryOf(1), facts: { nanoUsd: Number.NaN } });
    audit.record(entryOf(2));
    await audit.control.checkpoint();
    const { records } = await audit.control.list({ limit: 2 });
    expect(records.map(({ type }) => type)).toEqual(["request.served", "audit.gap"]);
    expect(records[1]?.facts).toEqual({ dropped: 1, type: "request.served" });
    expect(audit.control.state()).toMatchObject({ waiting: 0, lastError: undefined });
    expect(await verifyStore(store)).toMatchObject({ kind: "intact", size: 3 });
  });
});
