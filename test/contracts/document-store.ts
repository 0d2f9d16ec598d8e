import { afterEach, describe, expect, it } from "vitest";
import type { DocumentStore } from "../../src/ports/document-store.ts";

/** What every `DocumentStore` must do. Each implementation's test file is one call of this function. */
export function documentStoreContract(name: string, open: () => DocumentStore): void {
  describe(`${name} as a DocumentStore`, () => {
    const stores: DocumentStore[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    const opened = (): DocumentStore => {
      const store = open();
      stores.push(store);
      return store;
    };

    it("lists what was put, by id, each collection for itself", async () => {
      const store = opened();
      expect(await store.list("limits")).toEqual([]);
      await store.change("limits", [
        { id: "b", body: { limit: 1, name: 'odd "name"', list: [null, true] } },
        { id: "a", body: 7 },
      ]);
      await store.change("policies", [{ id: "a", body: "x" }]);
      expect(await store.list("limits")).toEqual([
        { id: "a", body: 7 },
        { id: "b", body: { limit: 1, name: 'odd "name"', list: [null, true] } },
      ]);
      expect(await store.list("policies")).toEqual([{ id: "a", body: "x" }]);
    });

    it("puts another in the place of one, and removes", async () => {
      const store = opened();
      await store.change("limits", [
        { id: "a", body: 1 },
        { id: "b", body: 2 },
      ]);
      await store.change("limits", [{ id: "a", body: 3 }, { id: "b" }, { id: "never there" }]);
      expect(await store.list("limits")).toEqual([{ id: "a", body: 3 }]);
    });

    it("gives what nobody can change afterwards", async () => {
      const store = opened();
      const body = { list: [1] };
      await store.change("limits", [{ id: "a", body }]);
      body.list.push(2);
      expect(await store.list("limits")).toEqual([{ id: "a", body: { list: [1] } }]);
    });
  });
}
