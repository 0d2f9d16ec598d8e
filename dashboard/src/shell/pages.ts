import type { Caller } from "../generated/client.ts";
import type { IconName } from "../parts/icon.tsx";

/** One page of the dashboard, and what its caller must hold to see it. */
export interface ShownPage {
  readonly to: string;
  readonly icon: IconName;
  readonly name: string;
  readonly permission: string;
  /** `tenant`: it holds what is of one tenant, so that who is bound to one may see it. */
  readonly reach?: "tenant";
}

interface Group {
  readonly name: string;
  readonly pages: readonly ShownPage[];
}

const groups: readonly Group[] = [
  {
    name: "Traffic",
    pages: [
      { to: "/", icon: "overview", name: "Overview", permission: "stats:read" },
      { to: "/requests", icon: "requests", name: "Requests", permission: "requests:read", reach: "tenant" },
      { to: "/translations", icon: "translations", name: "Translations", permission: "stats:read" },
      { to: "/routes", icon: "routes", name: "Routes", permission: "stats:read" },
      { to: "/graphql", icon: "graphql", name: "GraphQL", permission: "stats:read" },
    ],
  },
  {
    name: "Models",
    pages: [
      { to: "/models", icon: "models", name: "Models", permission: "models:read" },
      { to: "/providers", icon: "providers", name: "Providers", permission: "upstreams:read" },
      { to: "/routing", icon: "routing", name: "Routing", permission: "stats:read" },
      { to: "/endpoints", icon: "endpoints", name: "Endpoints", permission: "stats:read" },
      { to: "/regions", icon: "regions", name: "Regions", permission: "stats:read" },
      { to: "/scaling", icon: "scaling", name: "Scaling", permission: "stats:read" },
      { to: "/circuit-breakers", icon: "breakers", name: "Circuit breakers", permission: "stats:read" },
    ],
  },
  {
    name: "Money",
    pages: [
      { to: "/costs", icon: "costs", name: "Costs", permission: "stats:read" },
      { to: "/prices", icon: "prices", name: "Prices", permission: "models:read" },
      { to: "/limits", icon: "limits", name: "Limits and budgets", permission: "models:read" },
    ],
  },
  {
    name: "Trust",
    pages: [
      { to: "/keys", icon: "keys", name: "Keys", permission: "keys:read", reach: "tenant" },
      { to: "/projects", icon: "projects", name: "Projects", permission: "tenants:read", reach: "tenant" },
      { to: "/policies", icon: "policies", name: "Policies", permission: "policies:read" },
      { to: "/guardrails", icon: "guardrails", name: "Guardrails", permission: "stats:read" },
      { to: "/audit", icon: "audit", name: "Audit", permission: "audit:read" },
      { to: "/people", icon: "people", name: "People", permission: "operators:read", reach: "tenant" },
    ],
  },
];

/** The pages that `caller` may see, in their groups; a group without any is left out. */
export function groupsFor(caller: Pick<Caller, "permissions" | "tenant">): readonly Group[] {
  return groups
    .map(({ name, pages }) => ({
      name,
      pages: pages.filter(
        ({ permission, reach }) =>
          caller.permissions.includes(permission) && (caller.tenant === undefined || reach === "tenant"),
      ),
    }))
    .filter(({ pages }) => pages.length > 0);
}

/** The page of a path: its own, or the one that it is below. */
export const pageAt = (path: string, shown: readonly Group[]): ShownPage | undefined =>
  shown
    .flatMap(({ pages }) => pages)
    .find(({ to }) => to === path || (to !== "/" && path.startsWith(`${to}/`)));

/** The page of a path, whether the caller may see it or not. */
export const pageNamed = (path: string): ShownPage | undefined => pageAt(path, groups);
