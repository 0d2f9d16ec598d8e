import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../kernel/json.ts";
import { mapClaims } from "./claim-rules.ts";
import { type ClaimRule, vouchedIdentitySettings } from "./settings.ts";

const rulesOf = (claims: Readonly<Record<string, unknown>>) => {
  const issuer = { issuer: "https://i.example", audience: "a", claims: { tenant: "org", ...claims } };
  const [read] = vouchedIdentitySettings.parse({ issuers: [issuer] }).issuers;
  if (read === undefined) throw new Error("no issuer");
  return read.claims;
};
const map = (claims: JsonObject, rules: Readonly<Record<string, ClaimRule>> = {}) =>
  mapClaims({ sub: "ann", org: "acme", ...claims }, rulesOf(rules));

describe("what claims say", () => {
  it.for<{ readonly name: string; readonly claims: JsonObject; readonly fault: string }>([
    { name: "none at all", claims: { org: null }, fault: "tenant" },
    { name: "two of them", claims: { org: ["acme", "other"] }, fault: "tenant" },
    { name: "an object", claims: { org: { id: "acme" } }, fault: "tenant" },
    { name: "true", claims: { org: true }, fault: "tenant" },
    { name: "a way out of a header", claims: { org: "acme\r\nx-evil: 1" }, fault: "tenant" },
    { name: "another's path", claims: { org: "../other" }, fault: "tenant" },
    { name: "101 letters", claims: { org: "a".repeat(101) }, fault: "tenant" },
    { name: "a subject that is a number", claims: { sub: 7 }, fault: "subject" },
  ])("is nobody's tenant: $name", ({ claims, fault }) => {
    expect(map(claims)).toEqual({ kind: "refuse", fault });
  });

  it.for<{
    readonly name: string;
    readonly rules: Readonly<Record<string, ClaimRule>>;
    readonly claims: JsonObject;
  }>([
    { name: "no scope where one is asked for", rules: { scopes: "scope" }, claims: {} },
    { name: "only scopes of others", rules: { scopes: "scope" }, claims: { scope: "openid profile" } },
    { name: "a lane that there is not", rules: { scopes: "scope" }, claims: { scope: "lane:admin route:*" } },
    { name: "no models", rules: { models: "models" }, claims: { models: [] } },
    {
      name: "models that map to nothing",
      rules: { models: { claim: "tier", map: { gold: "*" } } },
      claims: { tier: "constructor" },
    },
    { name: "a project with a slash", rules: { project: "team" }, claims: { team: "a/b" } },
  ])("that gives nothing is no leave for everything: $name", ({ rules, claims }) => {
    expect(map(claims, rules)).toEqual({ kind: "refuse", fault: "unmapped_claim" });
  });

  it("is read by names, pointers, maps, defaults and fixed values", () => {
    const rules = {
      tenant: { value: "fixed" },
      project: "/ext/teams/1",
      user: "email",
      roles: {
        claim: "/realm_access/roles",
        map: { boss: ["admin", "auditor"], guest: "analyst" },
        default: "none",
      },
      scopes: "scope",
      models: { claim: "tier", map: { gold: ["big-*", "small-*"] }, default: "small-*" },
      priority: "class",
    };
    const claims = {
      ...{
        email: "a@b.example",
        ext: { teams: ["x", "web"] },
        realm_access: { roles: ["boss", "guest", "boss", "x"] },
      },
      ...{ scope: "lane:ai route:r method:get openid", class: "urgent" },
    };
    expect(map(claims, rules)).toEqual({
      kind: "identity",
      vouched: {
        ...{ subject: "ann", tenant: "fixed", project: "web", user: "a@b.example" },
        roles: ["admin", "auditor", "analyst"],
        scopes: [{ lanes: ["ai"], routes: ["r"], methods: ["GET"], tools: [] }],
        models: [["small-*"]],
      },
    });
  });

  it("is a claim of its own only: nothing is inherited", () => {
    expect(map({}, { tenant: "constructor" })).toEqual({ kind: "refuse", fault: "tenant" });
    expect(map({}, { tenant: "/__proto__/x" })).toEqual({ kind: "refuse", fault: "tenant" });
  });
});
