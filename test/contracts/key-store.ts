import { afterEach, describe, expect, it } from "vitest";
import { type ClientKey, everything, type Tenant } from "../../src/exchange/identity.ts";
import type { KeyStore } from "../../src/ports/key-store.ts";

/** A key that differs from the others by its `index`. */
export function clientKey(index: number, changes: Partial<ClientKey> = {}): ClientKey {
  const isOld = index % 4 === 0;
  return {
    id: `key_${index}`,
    name: `tester n° ${index}`,
    tenant: index % 2 === 0 ? "default" : "acme",
    project: index % 3 === 0 ? "default" : "shop",
    user: index % 5 === 0 ? "ann@example.test" : null,
    handle: isOld ? null : `handle${index}`,
    secret: { form: isOld ? "whole" : "v1", digest: `digest-${index}` },
    previous:
      index % 3 === 1
        ? { form: "whole", digest: `before-${index}`, until: index % 2 === 0 ? null : 5 }
        : null,
    hint: "abcd",
    models: index % 2 === 0 ? [] : ["gpt-*", 'odd "name"'],
    residency: index % 3 === 0 ? ["eu", "ch"] : [],
    scope: index % 2 === 0 ? everything : { ...everything, lanes: ["ai", "raw"], routes: ["a*"] },
    networks: index % 3 === 2 ? ["10.0.0.0/8", "2001:db8::/32"] : [],
    expiresAt: index % 4 === 1 ? 1_900_000_000_000 : null,
    priority: index % 3 === 0 ? "batch" : null,
    labels: index % 2 === 0 ? {} : { env: "test", team: "ü" },
    createdAt: 1_700_000_000_000 + index,
    revokedAt: null,
    lastUsedAt: null,
    ...changes,
  };
}

const tenant = (index: number, changes: Partial<Tenant> = {}): Tenant => ({
  id: `tenant-${index}`,
  name: `Tenant ${index}`,
  models: ["gpt-*"],
  residency: ["eu"],
  scope: { ...everything, methods: ["GET"], tools: ["search_*"] },
  networks: ["10.0.0.0/8"],
  expiresAt: 1_900_000_000_000,
  labels: { plan: "gold" },
  isDisabled: false,
  createdAt: 1_700_000_000_000 + index,
  ...changes,
});

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
      for (const index of [1, 2, 3, 4]) await store.insert(clientKey(index));
      expect(await store.list()).toEqual([1, 2, 3, 4].map((index) => clientKey(index)));
    });

    it.for([
      {
        name: "the same id",
        key: clientKey(1, { handle: "another", secret: { form: "v1", digest: "another" } }),
      },
      { name: "the same digest", key: clientKey(1, { id: "key_another", handle: "another" }) },
      {
        name: "the same handle",
        key: clientKey(1, { id: "key_another", secret: { form: "v1", digest: "another" } }),
      },
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

    it("changes what may change of a key, and nothing else", async () => {
      const store = await opened();
      for (const index of [1, 2]) await store.insert(clientKey(index));
      const { id, tenant: whose, project, createdAt } = clientKey(1);
      await store.revoke("key_2", 7);
      await store.update({
        ...clientKey(3),
        id,
        tenant: "another",
        project: "another",
        revokedAt: 9,
        lastUsedAt: 9,
      });
      await store.update({ ...clientKey(2), name: "new" });
      await store.update(clientKey(9));
      expect(await store.list()).toEqual([
        { ...clientKey(3), id, tenant: whose, project, createdAt },
        { ...clientKey(2), name: "new", revokedAt: 7 },
      ]);
    });

    it("remembers when keys were last used, never an earlier time", async () => {
      const store = await opened();
      for (const index of [1, 2]) await store.insert(clientKey(index));
      await store.used(
        new Map([
          ["key_1", 50],
          ["key_9", 50],
        ]),
      );
      await store.used(
        new Map([
          ["key_1", 40],
          ["key_2", 60],
        ]),
      );
      expect((await store.list()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([50, 60]);
    });

    it("has a default tenant with a default project from the beginning", async () => {
      const store = await opened();
      const first = {
        ...tenant(0),
        name: "Default",
        models: [],
        residency: [],
        scope: everything,
        networks: [],
      };
      const whole = { ...first, expiresAt: null, labels: {}, createdAt: 0, id: "default" };
      expect(await store.tenants.list()).toEqual([whole]);
      expect(await store.projects.list()).toEqual([{ ...whole, tenant: "default" }]);
    });

    it("keeps tenants and projects, changes and removes them", async () => {
      const store = await opened();
      await store.tenants.insert(tenant(1));
      await store.tenants.insert(tenant(2));
      for (const of of ["tenant-1", "tenant-2"]) await store.projects.insert({ ...tenant(3), tenant: of });
      await expect(store.tenants.insert(tenant(1))).rejects.toMatchObject({ code: "conflict" });
      await expect(store.projects.insert({ ...tenant(3), tenant: "tenant-2" })).rejects.toMatchObject({
        code: "conflict",
      });
      const next = { isDisabled: true, models: [], labels: {}, expiresAt: null, scope: everything };
      await store.tenants.update(tenant(1, { ...next, createdAt: 1 }));
      await store.projects.update({ ...tenant(3), ...next, tenant: "tenant-1" });
      await store.projects.remove({ ...tenant(3), tenant: "tenant-2" });
      await store.tenants.remove(tenant(2));
      await store.tenants.update(tenant(7));
      expect((await store.tenants.list()).slice(1)).toEqual([tenant(1, next)]);
      expect((await store.projects.list()).slice(1)).toEqual([{ ...tenant(3, next), tenant: "tenant-1" }]);
    });
  });
}
