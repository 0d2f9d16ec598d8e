import { describe, expect, it } from "vitest";
import type { LeaseStore, SharedBucket } from "../../src/ports/lease.ts";

/** Ten units, one back each second. */
const bucket: SharedBucket = { key: "{t}:rl:l:a", unitMicros: 1e6, capacityMicros: 1e7 };
const other: SharedBucket = { ...bucket, key: "{t}:rl:l:b" };

/** What every `LeaseStore` must do. Each implementation's test file is one call of this function. */
export function leaseContract(
  name: string,
  open: () => { readonly store: LeaseStore; readonly pass: (ms: number) => Promise<void> },
): void {
  describe(`${name} as a LeaseStore`, () => {
    it("grants what there is, and charges it at once", async () => {
      const { store } = open();
      expect(await store.take("n", [{ bucket, least: 1, most: 7 }])).toMatchObject({ granted: [7] });
      expect(await store.take("m", [{ bucket, least: 1, most: 7 }])).toMatchObject({
        granted: [3],
        nodes: 2,
      });
      expect(await store.take("n", [{ bucket, least: 2, most: 7 }])).toEqual({
        kind: "short",
        waitMicros: [2e6],
        nodes: 2,
      });
    });

    it("lets flow back what time has brought, never more than fits", async () => {
      const { store, pass } = open();
      await store.take("n", [{ bucket, least: 10, most: 10 }]);
      await pass(3000);
      expect(await store.take("n", [{ bucket, least: 1, most: 9 }])).toMatchObject({ granted: [3] });
      await pass(3_600_000);
      expect(await store.take("n", [{ bucket, least: 1, most: 99 }])).toMatchObject({ granted: [10] });
    });

    it("charges all or none", async () => {
      const { store } = open();
      await store.take("n", [{ bucket: other, least: 8, most: 8 }]);
      const both = [
        { bucket, least: 5, most: 5 },
        { bucket: other, least: 5, most: 5 },
      ];
      expect(await store.take("n", both)).toMatchObject({ kind: "short", waitMicros: [0, 3e6] });
      expect(await store.take("n", [{ bucket, least: 10, most: 10 }])).toMatchObject({ granted: [10] });
    });

    it("takes back what was not spent, to the full and no further", async () => {
      const { store } = open();
      await store.take("n", [{ bucket, least: 6, most: 6 }]);
      await store.give(bucket, 4);
      expect(await store.take("n", [{ bucket, least: 1, most: 99 }])).toMatchObject({ granted: [8] });
      await store.give(bucket, 500);
      expect(await store.take("n", [{ bucket, least: 1, most: 99 }])).toMatchObject({ granted: [10] });
    });

    it("loses nothing when many ask at once", async () => {
      const { store } = open();
      const answers = await Promise.all(
        Array.from({ length: 50 }, async (_, index) =>
          store.take(`n${index}`, [{ bucket, least: 1, most: 1 }]),
        ),
      );
      expect(answers.filter(({ kind }) => kind === "granted")).toHaveLength(10);
    });
  });
}
