import { describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/ports/audit-store.ts";

const lineOf = (index: number): string => `{"index":${index},"text":"${"ü€😀".repeat(index % 5)}"}`;
const run = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => lineOf(from + at));

async function read(store: AuditStore, from: number, to: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const lines of store.lines(from, to)) found.push(...lines);
  return found;
}

/** What every `AuditStore` must do, with segments of 1000 lines. `reopen` closes it and opens it anew, where that is possible. */
export function auditStoreContract(
  name: string,
  open: () => Promise<{ store: AuditStore; reopen: (store: AuditStore) => Promise<AuditStore> }>,
): void {
  describe(`${name} as an AuditStore`, () => {
    it("gives back what was appended, in order, at any place, over the ends of segments", async () => {
      const { store, reopen } = await open();
      for (const [from, to] of [
        [0, 1],
        [1, 700],
        [700, 1000],
        [1000, 2000],
        [2000, 2301],
      ] as const)
        await store.append(run(from, to));
      let lastOpened: AuditStore | undefined;
      for (const again of [false, true]) {
        const opened = again ? await reopen(store) : store;
        expect(opened.size()).toBe(2301);
        expect(opened.bytes()).toBeGreaterThan(run(0, 2301).join("\n").length);
        expect(await read(opened, 0, 2301)).toEqual(run(0, 2301));
        for (const [from, to] of [
          [0, 0],
          [255, 258],
          [699, 701],
          [999, 1001],
          [2300, 2301],
          [2290, 9999],
          [5000, 6000],
        ] as const)
          expect(await read(opened, from, to)).toEqual(run(from, Math.max(from, Math.min(to, 2301))));
        expect(opened.segments()).toEqual([
          { first: 0, count: 1000, isHere: true },
          { first: 1000, count: 1000, isHere: true },
          { first: 2000, count: 301, isHere: true },
        ]);
        lastOpened = opened;
      }
      await lastOpened?.close();
    });

    it("takes no lines that go over the end of a segment", async () => {
      const { store } = await open();
      await store.append(run(0, 990));
      await expect(store.append(run(990, 1001))).rejects.toThrow(/do not fit/);
      await store.append(run(990, 1000));
      expect(await read(store, 0, 2000)).toEqual(run(0, 1000));
      await store.close();
    });

    it("overwrites one line and leaves the others", async () => {
      const { store, reopen } = await open();
      await store.append(run(0, 1000));
      await store.append(run(1000, 1010));
      const other = lineOf(4).replace("text", "gone");
      await store.overwrite(4, other);
      const expected = run(0, 1010).with(4, other);
      expect(await read(store, 0, 1010)).toEqual(expected);
      const opened = await reopen(store);
      expect(await read(opened, 0, 1010)).toEqual(expected);
      await opened.close();
    });

    it("cuts its end and goes on from there", async () => {
      const { store } = await open();
      await store.append(run(0, 600));
      await store.cut(300);
      expect(store.size()).toBe(300);
      await store.append(run(300, 900));
      expect(await read(store, 0, 2000)).toEqual(run(0, 900));
      await store.close();
    });

    it("keeps hashes by level, and replaces those behind a place", async () => {
      const { store, reopen } = await open();
      const hashes = (first: number, count: number) =>
        Buffer.concat(Array.from({ length: count }, (_, at) => Buffer.alloc(32, first + at)));
      await store.hashes.write(0, 0, hashes(1, 5));
      await store.hashes.write(0, 5, hashes(6, 2));
      await store.hashes.write(8, 0, hashes(100, 1));
      await store.hashes.write(0, 3, hashes(50, 1));
      await store.hashes.sync();
      let lastOpened: AuditStore | undefined;
      for (const again of [false, true]) {
        const opened = again ? await reopen(store) : store;
        expect([opened.hashes.count(0), opened.hashes.count(8), opened.hashes.count(16)]).toEqual([4, 1, 0]);
        expect(Buffer.from(opened.hashes.read(0, 2, 2))).toEqual(
          Buffer.concat([hashes(3, 1), hashes(50, 1)]),
        );
        expect(() => opened.hashes.read(0, 3, 2)).toThrow(/end before/);
        lastOpened = opened;
      }
      await lastOpened?.close();
    });

    it("keeps notes in order", async () => {
      const { store, reopen } = await open();
      await store.notes.append("a\n1\nb\n\n— a b\n");
      await store.notes.append("a\n2\nb\n\n— a b\n");
      const opened = await reopen(store);
      expect(await opened.notes.read()).toBe("a\n1\nb\n\n— a b\n\na\n2\nb\n\n— a b\n\n");
      await opened.close();
    });

    it("begins anew when it was set aside", async () => {
      const { store } = await open();
      await store.append(run(0, 10));
      await store.hashes.write(0, 0, Buffer.alloc(32));
      await store.notes.append("a\n1\nb\n\n— a b\n");
      await store.setAside();
      expect([store.size(), store.hashes.count(0), await store.notes.read()]).toEqual([0, 0, ""]);
      await store.append(run(0, 3));
      expect(await read(store, 0, 10)).toEqual(run(0, 3));
      await store.close();
    });
  });
}
