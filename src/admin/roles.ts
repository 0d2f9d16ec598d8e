import type { AdminRole } from "../exchange/operator.ts";
import { type Permission, permissionResources } from "./admin-route.ts";

type Resource = (typeof permissionResources)[number];

const all = permissionResources;
const own = ["session", "openapi"] as const;

/** What each role reads and writes. Source: security specification, part 1. */
const table: Readonly<
  Record<AdminRole, { readonly reads: readonly Resource[]; readonly writes: readonly Resource[] }>
> = {
  owner: { reads: all, writes: all },
  // Nobody but an owner erases what is on record.
  admin: { reads: all, writes: all.filter((resource) => resource !== "audit") },
  operator: { reads: all, writes: ["breakers", "routing", "models", "session"] },
  developer: {
    reads: [...own, "stats", "models", "keys", "requests", "limits", "budgets"],
    writes: ["keys", "session"],
  },
  analyst: {
    reads: [...own, "stats", "models", "upstreams", "limits", "budgets", "guardrails", "metrics"],
    writes: ["session"],
  },
  auditor: { reads: all, writes: ["session"] },
};

const permissionsByRole: ReadonlyMap<AdminRole, ReadonlySet<Permission>> = new Map(
  (["owner", "admin", "operator", "developer", "analyst", "auditor"] as const).map((role) => [
    role,
    new Set<Permission>([
      ...table[role].reads.map((resource) => `${resource}:read` as const),
      ...table[role].writes.map((resource) => `${resource}:write` as const),
    ]),
  ]),
);

/** What a role may do; `public` is nobody's in particular. */
export const permissionsOf = (role: AdminRole): ReadonlySet<Permission> =>
  permissionsByRole.get(role) ?? new Set();

/** Whether whoever has `role` may make somebody of `other`: nobody gives what he does not have. */
export const mayGive = (role: AdminRole, other: AdminRole): boolean =>
  [...permissionsOf(other)].every((permission) => permissionsOf(role).has(permission));
