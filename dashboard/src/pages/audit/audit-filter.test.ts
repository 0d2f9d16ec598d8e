import { describe, expect, it } from "vitest";
import { auditLink, filterOf, queryOf } from "./audit-filter.ts";

describe("the filter of the audit log", () => {
  it("is the same after it was in the address", () => {
    const filter = { type: "key.", actor: "key:k1", tenant: "acme", since: "2026-11-28" };
    expect(filterOf(new URL(auditLink(filter), "http://x").searchParams)).toEqual(filter);
    expect(auditLink(filterOf(new URLSearchParams()))).toBe("/audit");
  });

  it("asks for what was named, and for a day from its beginning", () => {
    expect(queryOf({ type: "", actor: "", tenant: "", since: "2026-11-28" })).toEqual({
      since: "2026-11-28T00:00:00.000Z",
    });
  });

  it("drops a day that is none", () => {
    expect(filterOf(new URLSearchParams("since=yesterday")).since).toBe("");
  });
});
