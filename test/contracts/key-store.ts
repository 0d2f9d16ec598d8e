import { afterEach, describe, expect, it } from "vitest";
import type { ClientKey } from "../../src/exchange/identity.ts";
import type { KeyStore } from "../../src/ports/key-store.ts";

/** A key that differs from the others by its `index`. */
export function clientKey(index: number, changes: Partial<ClientKey> = {}): ClientKey {
  return {
    id: `key_${index}`,
    name: `tester n° ${index}`,
    digest: `digest-${index}`,
    hint: "abcd",
    models: index % 2 === 0 ? [] : ["gpt-*", 'odd "name"'],
    residency: index % 3 === 0 ? ["eu", "ch"] : [],
    createdAt: 1_700_000_000_000 + index,
    revokedAt: null,
    ...changes,
  };
}

/** What every `KeyStore` must do. Each implementation's test file is one call of this function. */
export function keyStoreContract(name: string, open: () => KeyStore | Promise<KeyStore>): void {
  describe(`${name} as a KeyStore`, () => {
    const stores: KeyStore[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    const opened = async (): Promise<KeyStore> => {
      const store = await open();
      stores.push(store);
      return store;
    };

    it("lists what was inserted, oldest first", async () => {
      const store = await opened();
      expect(await store.list()).toEqual([]);
      for (const index of [1, 2, 3]) await store.insert(clientKey(index));
      expect(await store.list()).toEqual([clientKey(1), clientKey(2), clientKey(3)]);
    });

    it.for([
      { name: "the same id", key: clientKey(1, { digest: "another" }) },
      { name: "the same digest", key: clientKey(1, { id: "key_another" }) },
    ])("refuses a second key of $name, and keeps the first", async ({ key }) => {
      const store = await opened();
      await store.insert(clientKey(1));
      await expect(store.insert(key)).rejects.toMatchObject({ code: "conflict" });
      expect(await store.list()).toEqual([clientKey(1)]);
    });

    it("marks a key as revoked, and keeps the first time when it is revoked twice", async () => {
      const store = await opened();
      await store.insert(clientKey(1));
      await store.insert(clientKey(2));
      const revoked = clientKey(1, { revokedAt: 1_800_000_000_000 });
      expect(await store.revoke("key_1", 1_800_000_000_000)).toEqual(revoked);
      expect(await store.revoke("key_1", 1_900_000_000_000)).toEqual(revoked);
      expect(await store.list()).toEqual([revoked, clientKey(2)]);
    });

    it("answers undefined for a key that does not exist", async () => {
      const store = await opened();
      expect(await store.revoke("key_9", 1)).toBeUndefined();
    });
  });
}
