import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { LedgerEntry, LedgerStore } from "../../src/ports/ledger-store.ts";

/** An entry of a ledger for tests; `request` names it. */
export const ledgerEntry = (
  kind: LedgerEntry["kind"],
  request: string,
  nanoUsd: number,
  more: Partial<LedgerEntry> = {},
): LedgerEntry => ({
  ...{ request, attempt: 0, kind, at: 1000, accounts: [{ budget: "team", period: 10 }], nanoUsd },
  ...{ usage: null, priceVersion: null, estimated: false },
  ...more,
});

/** What every `LedgerStore` must do. Each implementation's test file is one call of this function. */
export function ledgerStoreContract(name: string, open: () => LedgerStore): void {
  describe(`${name} as a LedgerStore`, () => {
    const stores: LedgerStore[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    const opened = (): LedgerStore => {
      const store = open();
      stores.push(store);
      return store;
    };
    const both = [
      { budget: "all", period: 0 },
      { budget: "team", period: 10 },
    ];

    it("adds up what is reserved, settled, released and adjusted, in all accounts of an entry", async () => {
      const store = opened();
      await store.commit({
        entries: [
          ledgerEntry("reserve", "a", 100, { accounts: both }),
          ledgerEntry("reserve", "b", 70, { accounts: both }),
          ledgerEntry("reserve", "c", 5),
        ],
      });
      await store.commit({
        entries: [
          ledgerEntry("settle", "a", 30, { accounts: both }),
          ledgerEntry("release", "b", 70, { accounts: both }),
          ledgerEntry("adjust", "x", -4),
        ],
      });
      const { totals, open: left } = await store.open(0);
      expect(totals.toSorted((one, other) => one.period - other.period)).toEqual([
        { budget: "all", period: 0, settled: 30n, reserved: 0n },
        { budget: "team", period: 10, settled: 26n, reserved: 5n },
      ]);
      expect(left.map(({ request }) => request)).toEqual(["c"]);
      expect(await store.check(0)).toEqual([]);
    });

    it("takes an entry once, however often it is given, in one batch or in several", async () => {
      const store = opened();
      const batch = { entries: [ledgerEntry("reserve", "a", 100), ledgerEntry("settle", "a", 40)] };
      await store.commit(batch);
      await store.commit(batch);
      await store.commit({
        entries: [...batch.entries, ledgerEntry("settle", "a", 99), ledgerEntry("settle", "a", 98)],
      });
      const { totals } = await store.open(0);
      expect(totals).toEqual([{ budget: "team", period: 10, settled: 40n, reserved: 0n }]);
      expect(await store.entries({ budget: "team", limit: 10 })).toHaveLength(2);
    });

    it("tells attempts of a request apart", async () => {
      const store = opened();
      await store.commit({
        entries: [
          ledgerEntry("reserve", "a", 100),
          ledgerEntry("reserve", "a", 100, { attempt: 1 }),
          ledgerEntry("settle", "a", 7, { attempt: 1 }),
        ],
      });
      const { totals, open: left } = await store.open(0);
      expect(totals).toMatchObject([{ settled: 7n, reserved: 100n }]);
      expect(left).toMatchObject([{ request: "a", attempt: 0 }]);
    });

    it("adds up what a double could not hold", async () => {
      const store = opened();
      const large = Number.MAX_SAFE_INTEGER;
      await store.commit({
        entries: [1, 2, 3].map((index) => ledgerEntry("adjust", `a${index}`, large)),
      });
      await store.commit({ entries: [ledgerEntry("adjust", "b", 1)] });
      expect((await store.open(0)).totals).toMatchObject([{ settled: 3n * BigInt(large) + 1n }]);
      expect(await store.check(0)).toEqual([]);
    });

    it("gives entries back as they were, newest first and a page at a time", async () => {
      const store = opened();
      const told = ledgerEntry("settle", "a", 5, {
        accounts: both,
        usage: { input: 3, output: 2 },
        priceVersion: "book",
        estimated: true,
      });
      await store.commit({
        entries: [told, ledgerEntry("adjust", "other", 1, { accounts: [{ budget: "x", period: 0 }] })],
      });
      await store.commit({ entries: [ledgerEntry("adjust", "b", 1), ledgerEntry("adjust", "c", 1)] });
      const first = await store.entries({ budget: "team", limit: 2 });
      expect(first.map(({ request }) => request)).toEqual(["c", "b"]);
      const rest = await store.entries({ budget: "team", limit: 2, before: first[1]?.id ?? 0 });
      expect(rest).toEqual([{ ...told, id: rest[0]?.id }]);
      expect(await store.entries({ budget: "nobody", limit: 2 })).toEqual([]);
    });

    it("keeps slices and alerts: the last word counts, but that an alert is done stays", async () => {
      const store = opened();
      const account = { budget: "team", period: 10 };
      const alert = { ...account, threshold: 80.5, at: 7, body: "{}", doneAt: null };
      await store.commit({
        slices: [{ ...account, nanoUsd: 50 }],
        alerts: [alert],
      });
      await store.commit({
        slices: [
          { ...account, nanoUsd: 60 },
          { budget: "x", period: 0, nanoUsd: 0 },
        ],
        alerts: [{ ...alert, doneAt: 9 }],
      });
      await store.commit({ alerts: [{ ...alert, at: 99, body: "other" }] });
      expect(await store.open(0)).toMatchObject({
        slices: [{ ...account, nanoUsd: 60 }],
        alerts: [{ ...alert, doneAt: 9 }],
      });
      await store.commit({ slices: [{ ...account, nanoUsd: 0 }] });
      expect((await store.open(0)).slices).toEqual([]);
    });

    it("leaves out periods that began before, but not what is of all time", async () => {
      const store = opened();
      await store.commit({
        entries: [
          ledgerEntry("adjust", "a", 1),
          ledgerEntry("adjust", "b", 1, { accounts: [{ budget: "all", period: 0 }] }),
        ],
      });
      expect((await store.open(11)).totals).toMatchObject([{ budget: "all" }]);
    });

    it("holds totals that are the sums of its entries, whatever comes in whichever order", async () => {
      const one = fc.record({
        kind: fc.constantFrom("reserve", "settle", "release", "adjust"),
        request: fc.constantFrom("a", "b", "c"),
        attempt: fc.nat({ max: 1 }),
        nanoUsd: fc.nat({ max: 1000 }),
        accounts: fc.constantFrom(both, both.slice(1)),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 6 }), async (batches) => {
          const store = open();
          const given: LedgerEntry[] = [];
          for (const batch of batches) {
            const entries = batch.map(({ kind, request, nanoUsd, ...more }) =>
              ledgerEntry(kind, request, nanoUsd, more),
            );
            given.push(...entries);
            await store.commit({ entries });
          }
          expect(await store.check(0)).toEqual([]);
          const once = new Map<string, LedgerEntry>();
          for (const entry of given) {
            const key = `${entry.kind} ${entry.request} ${entry.attempt}`;
            if (!once.has(key)) once.set(key, entry);
          }
          const spent = [...once.values()].filter(({ kind }) => kind === "settle" || kind === "adjust");
          const settled = spent.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n);
          const { totals } = await store.open(0);
          expect(totals.find(({ budget }) => budget === "team")?.settled ?? 0n).toBe(settled);
          await store.close();
        }),
        { numRuns: 25 },
      );
    });
  });
}
