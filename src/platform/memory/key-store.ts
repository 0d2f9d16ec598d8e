import {
  type ClientKey,
  defaultProject,
  defaultTenant,
  everything,
  type Project,
  type Tenant,
} from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { KeyStore, OwnerStore } from "../../ports/key-store.ts";

const first: Tenant = {
  id: defaultTenant,
  name: "Default",
  models: [],
  residency: [],
  scope: everything,
  networks: [],
  expiresAt: null,
  labels: {},
  isDisabled: false,
  createdAt: 0,
};

/** Client keys that live as long as the process. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<string, ClientKey>();
  const change = (id: string, changes: (known: ClientKey) => Partial<ClientKey>): void => {
    const known = keys.get(id);
    if (known !== undefined) keys.set(id, { ...known, ...changes(known) });
  };
  return {
    list: async () => [...keys.values()],
    insert: async (key) => {
      const isTaken = keys.has(key.id) || keys.values().some((other) => isAlike(key, other));
      if (isTaken) throw new GatewayError("conflict", `a key with the id or digest of ${key.id} exists`);
      keys.set(key.id, key);
    },
    update: async (key) =>
      change(key.id, ({ tenant, project, createdAt, revokedAt, lastUsedAt }) => ({
        ...key,
        ...{ tenant, project, createdAt, revokedAt, lastUsedAt },
      })),
    revoke: async (id, at) => {
      change(id, ({ revokedAt }) => ({ revokedAt: revokedAt ?? at }));
      return keys.get(id);
    },
    used: async (times) => {
      for (const [id, at] of times)
        change(id, ({ lastUsedAt }) => ({ lastUsedAt: Math.max(lastUsedAt ?? at, at) }));
    },
    tenants: ownersOf<Tenant>([first], ({ id }) => id),
    projects: ownersOf<Project>(
      [{ ...first, id: defaultProject, tenant: defaultTenant }],
      ({ tenant, id }) => `${tenant}/${id}`,
    ),
    close: async () => {},
  };
}

const isAlike = (one: ClientKey, other: ClientKey): boolean =>
  one.secret.digest === other.secret.digest || (one.handle !== null && one.handle === other.handle);

function ownersOf<Owner extends Tenant>(
  initial: readonly Owner[],
  nameOf: (owner: Owner) => string,
): OwnerStore<Owner> {
  const owners = new Map(initial.map((owner) => [nameOf(owner), owner]));
  return {
    list: async () => [...owners.values()],
    insert: async (owner) => {
      const name = nameOf(owner);
      if (owners.has(name)) throw new GatewayError("conflict", `${name} exists`);
      owners.set(name, owner);
    },
    update: async (owner) => {
      const known = owners.get(nameOf(owner));
      if (known !== undefined) owners.set(nameOf(owner), { ...owner, createdAt: known.createdAt });
    },
    remove: async (owner) => {
      owners.delete(nameOf(owner));
    },
  };
}
