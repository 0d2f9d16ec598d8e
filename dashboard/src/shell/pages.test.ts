import { describe, expect, it } from "vitest";
import { groupsFor, pageAt } from "./pages.ts";

const names = (caller: Parameters<typeof groupsFor>[0]): readonly string[] =>
  groupsFor(caller).flatMap(({ pages }) => pages.map(({ name }) => name));

describe("groupsFor", () => {
  it("shows what the caller holds the permission for, and nothing else", () => {
    expect(names({ permissions: ["keys:read", "audit:read"] })).toEqual(["Keys", "Audit"]);
    expect(names({ permissions: [] })).toEqual([]);
  });

  it("shows whoever is bound to a tenant only what is of one tenant", () => {
    const permissions = ["stats:read", "requests:read", "keys:read", "tenants:read", "audit:read"];
    expect(names({ permissions, tenant: "acme" })).toEqual(["Requests", "Keys", "Projects"]);
  });
});

describe("pageAt", () => {
  const shown = groupsFor({ permissions: ["stats:read", "requests:read"] });

  it("finds a page by its path and by what is below it, and none that is not shown", () => {
    expect(pageAt("/requests/r1", shown)?.name).toBe("Requests");
    expect(pageAt("/", shown)?.name).toBe("Overview");
    expect(pageAt("/keys", shown)).toBeUndefined();
    expect(pageAt("/requestsx", shown)).toBeUndefined();
  });
});
