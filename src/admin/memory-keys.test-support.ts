import { everything, type Project, type Tenant } from "../exchange/identity.ts";
import type { Control, OwnerControl, ShownKey, WantedOwner } from "../gateway/control.ts";
import { startedAt } from "./control-samples.test-support.ts";

const grant = { models: [], residency: [], networks: [], expiresAt: null } as const;

/** Keys, tenants and projects as plain values in memory: of one tenant with one project, and no rules. */
export function memoryKeys(): Pick<Control, "keys" | "tenants" | "projects"> {
  const keys = new Map<string, ShownKey>();
  const changed = (id: string, changes: Partial<ShownKey>): ShownKey | undefined => {
    const known = keys.get(id);
    if (known === undefined) return undefined;
    const next = { ...known, ...changes };
    keys.set(id, next);
    return next;
  };
  return {
    keys: {
      list: () => [...keys.values()],
      create: async ({ scope = {}, ...wanted }) => {
        const id = `key_${keys.size + 1}`;
        const entry: ShownKey = {
          ...{ ...grant, tenant: "default", project: "default", user: null, priority: null, labels: {} },
          ...{ id, hint: "abcd", previous: null, createdAt: startedAt, revokedAt: null, lastUsedAt: null },
          ...wanted,
          scope: { ...everything, ...scope },
        };
        keys.set(id, entry);
        return { key: `sp-live-${id}`, entry };
      },
      update: async (id, { scope = {}, ...changes }) =>
        changed(id, { ...changes, scope: { ...everything, ...scope } }),
      rotate: async (id, overlapMs = 1000) => {
        const entry = changed(id, { previous: { until: startedAt + overlapMs } });
        return entry && { key: `sp-next-${id}`, entry };
      },
      revoke: async (id) => changed(id, { revokedAt: startedAt }),
    },
    tenants: memoryOwners<Tenant>(({ id }) => id, ownerOf),
    projects: memoryOwners<Project>(
      ({ tenant, id }) => `${tenant}/${id}`,
      (wanted) => ({ ...ownerOf(wanted), tenant: wanted.tenant ?? "default" }),
    ),
  };
}

const ownerOf = ({ id, name = id, labels = {}, isDisabled = false }: WantedOwner): Tenant => ({
  ...{ ...grant, scope: everything, id, name, labels, isDisabled, createdAt: startedAt },
});

function memoryOwners<Owner extends Tenant>(
  nameOf: (owner: Owner) => string,
  ownerOfWanted: (wanted: WantedOwner) => Owner,
): OwnerControl<Owner> {
  const first = ownerOfWanted({ id: "default" });
  const owners = new Map([[nameOf(first), first]]);
  return {
    list: () => [...owners.values()],
    create: async (wanted) => {
      const owner = ownerOfWanted(wanted);
      owners.set(nameOf(owner), owner);
      return owner;
    },
    update: async (name, { scope: _, ...changes }) => {
      const known = owners.get(name);
      return known && { ...known, ...changes };
    },
    remove: async (name) => owners.get(name),
  };
}
