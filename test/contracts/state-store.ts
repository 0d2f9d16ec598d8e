import { afterEach, describe, expect, it } from "vitest";
import type { StateStore } from "../../src/ports/state-store.ts";

/** What every `StateStore` must do. Each implementation's test file is one call of this function. */
export function stateStoreContract(name: string, open: () => StateStore): void {
  describe(`${name} as a StateStore`, () => {
    const stores: StateStore[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    const opened = (): StateStore => {
      const store = open();
      stores.push(store);
      return store;
    };

    it("gives back what was written last, maps and arrays of numbers too", async () => {
      const store = opened();
      const value = { version: 1, heads: new Map([["small", Float32Array.of(1, 2.5)]]), nothing: undefined };
      await store.write("routing", { version: 0 });
      await store.write("routing", value);
      expect(await store.read("routing")).toEqual(value);
    });

    it("has nothing under a name that was never written", async () => {
      expect(await opened().read("routing")).toBeUndefined();
    });

    it("keeps what it was given, not what became of it", async () => {
      const store = opened();
      const value = { counts: [1] };
      await store.write("routing", value);
      value.counts.push(2);
      expect(await store.read("routing")).toEqual({ counts: [1] });
    });
  });
}
