import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anybody,
  type ClientKey,
  everything,
  type Identity,
  type Project,
  type Tenant,
} from "../../exchange/identity.ts";
import { base62 } from "../../kernel/ids.ts";
import { epochMs } from "../../kernel/units.ts";
import type { KeyDigests } from "../../ports/key-digests.ts";
import { compileDirectory, type KeyDirectory, withKey } from "./directory.ts";
import { findKey } from "./find-key.ts";
import { keyHandle, printKey, readKey } from "./key-text.ts";
import { presentedKeys } from "./presented.ts";
import { checkScopes, checkTools, mayUse } from "./scope.ts";
import { identify, identifyWithin, unidentified } from "./stage.ts";

const mac = (told: string): string => `mac of ${told}`;
const digests: KeyDigests = {
  ofSecret: (secret) => mac(`secret ${secret}`),
  ofWhole: mac,
  areSame: (one, other) => one === other,
};
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const handle = "0123456789ab";
const secret = base62(new Uint8Array(32).fill(200));
const text = printKey(handle, secret);

const tenant: Tenant = {
  ...{ id: "default", name: "Default", labels: {}, isDisabled: false, createdAt: 0 },
  ...{ models: [], residency: [], scope: everything, networks: [], expiresAt: null },
};
const project: Project = { ...tenant, tenant: "default" };
const key = (changes: Partial<ClientKey> = {}): ClientKey => ({
  ...{ id: `key_${handle}`, name: "a", tenant: "default", project: "default", user: null, handle },
  ...{ secret: { form: "v1", digest: digests.ofSecret(secret) }, previous: null, hint: "abcd" },
  ...{ models: [], residency: [], scope: everything, networks: [], expiresAt: null },
  ...{ priority: null, labels: {}, createdAt: 0, revokedAt: null, lastUsedAt: null },
  ...changes,
});
const directoryOf = (
  keys: readonly ClientKey[],
  above: { readonly tenant?: Partial<Tenant>; readonly project?: Partial<Project> } = {},
): KeyDirectory =>
  compileDirectory(keys, {
    tenants: [{ ...tenant, ...above.tenant }],
    projects: [{ ...project, ...above.project }],
  });
const askedWith = (presented: readonly string[], address = "192.0.2.1", at = 1000) => ({
  presented,
  at: epochMs(at),
  address: () => address,
});

describe("a key's text", () => {
  it("has the shape that scanners of secrets look for, and is read back", () => {
    fc.assert(
      fc.property(bytes(12), bytes(32), (handleBytes, secretBytes) => {
        const parts = { handle: keyHandle(handleBytes), secret: base62(secretBytes) };
        const printed = printKey(parts.handle, parts.secret);
        expect(printed).toMatch(/^sp-[0-9a-hjkmnp-tv-z]{12}-[0-9A-Za-z]{49}$/);
        expect(readKey(printed)).toEqual({ form: "v1", ...parts });
      }),
    );
  });

  it("is refused with any one character changed, before anything is looked up", () => {
    const untouched: KeyDigests = {
      ofSecret: () => expect.unreachable("nobody is asked"),
      ofWhole: () => expect.unreachable("nobody is asked"),
      areSame: () => expect.unreachable("nothing is compared"),
    };
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_ é";
    for (let at = 0; at < text.length; at += 1)
      for (const other of alphabet) {
        if (text[at] === other) continue;
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        const found = findKey(changed, { directory: directoryOf([key()]), digests: untouched, now: 0 });
        expect(found).toEqual({ kind: "fault", fault: "malformed", handle: undefined });
      }
  });

  it("takes the form of old as a whole, and nothing else", () => {
    expect(readKey(`sp-${secret}`)).toEqual({ form: "whole" });
    for (const none of ["sp-", "sp-wrong", `sp-${secret}0`, `${text}0`, text.slice(0, -1), ` ${text}`])
      expect(readKey(none)).toBeUndefined();
  });
});

describe("a key is found", () => {
  const find = (directory: KeyDirectory, presented: string, now = 0) => {
    const found = findKey(presented, { directory, digests, now });
    return found.kind === "key" ? found.key.id : found.fault;
  };
  const whole = `sp-${secret}`;
  const old = key({ id: "key_old", handle: null, secret: { form: "whole", digest: digests.ofWhole(whole) } });

  it("by its handle and its secret", () => {
    expect(find(directoryOf([key()]), text)).toBe(`key_${handle}`);
    expect(find(directoryOf([key()]), printKey(handle, base62(new Uint8Array(32))))).toBe("unknown");
    expect(find(directoryOf([key()]), printKey("zzzzzzzzzzzz", secret))).toBe("unknown");
    expect(find(directoryOf([key({ revokedAt: 5 })]), text)).toBe("revoked");
    expect(find(directoryOf([key({ id: "key_first" })]), text)).toBe("key_first");
  });

  it("in the form of old by its digest, and not in the new one", () => {
    expect(find(directoryOf([old]), whole)).toBe("key_old");
    expect(find(directoryOf([old]), text)).toBe("unknown");
    expect(find(directoryOf([key()]), whole)).toBe("unknown");
  });

  it("in both forms where it was given the new one, for as long as that was said", () => {
    const both = { ...old, handle, secret: key().secret, previous: { ...old.secret, until: 100 } };
    const directory = withKey(directoryOf([old]), both);
    expect(find(directory, text, 99)).toBe("key_old");
    expect(find(directory, whole, 99)).toBe("key_old");
    expect(find(directory, whole, 100)).toBe("expired");
    expect(find(directory, text, 100)).toBe("key_old");
    expect(find(withKey(directory, { ...both, previous: null }), whole, 99)).toBe("unknown");
    expect(find(withKey(directory, { ...both, previous: { ...old.secret, until: null } }), whole, 1e15)).toBe(
      "key_old",
    );
  });
});

describe("identify", () => {
  const faultOf = (directory: KeyDirectory, asked = askedWith([text])) => {
    const decision = identify(asked, directory, digests);
    return decision.kind === "known" ? "known" : decision.fault;
  };

  it("refuses none and two, each with its own words, and all that is wrong with a key with the same", () => {
    expect(faultOf(directoryOf([key()]), askedWith([]))).toBe("missing");
    expect(faultOf(directoryOf([key()]), askedWith([text, "sp-x"]))).toBe("ambiguous");
    const words = (["malformed", "unknown", "revoked", "expired", "disabled", "network"] as const).map(
      (fault) => unidentified(fault).publicMessage,
    );
    expect(new Set(words).size).toBe(1);
    expect(unidentified("missing").publicMessage).toContain("No gateway key");
  });

  it.for<{
    name: string;
    above?: Parameters<typeof directoryOf>[1];
    own?: Partial<ClientKey>;
    fault: string;
  }>([
    { name: "nothing is wrong", fault: "known" },
    { name: "its tenant is disabled", above: { tenant: { isDisabled: true } }, fault: "disabled" },
    { name: "its project is disabled", above: { project: { isDisabled: true } }, fault: "disabled" },
    { name: "its project is gone", above: { project: { id: "another" } }, fault: "disabled" },
    { name: "it has expired", own: { expiresAt: 1000 }, fault: "expired" },
    { name: "it is in its last millisecond", own: { expiresAt: 1001 }, fault: "known" },
    { name: "its project has expired", above: { project: { expiresAt: 1000 } }, fault: "expired" },
    { name: "its tenant has expired", above: { tenant: { expiresAt: 900 } }, fault: "expired" },
    { name: "it is used within its networks", own: { networks: ["192.0.2.0/24"] }, fault: "known" },
    { name: "it is used from elsewhere", own: { networks: ["198.51.100.0/24"] }, fault: "network" },
    {
      name: "it is used outside those of its tenant",
      above: { tenant: { networks: ["2001:db8::/32"] } },
      own: { networks: ["192.0.2.0/24"] },
      fault: "network",
    },
  ])("$name: $fault", ({ above, own, fault }) => {
    expect(faultOf(directoryOf([key(own)], above))).toBe(fault);
  });

  it("knows IPv6, and IPv4 as a socket for both tells it", () => {
    const directory = directoryOf([key({ networks: ["10.0.0.0/8", "2001:db8::/32"] })]);
    expect(faultOf(directory, askedWith([text], "::ffff:10.1.2.3"))).toBe("known");
    expect(faultOf(directory, askedWith([text], "2001:db8:1::1"))).toBe("known");
    expect(faultOf(directory, askedWith([text], "2001:db9::1"))).toBe("network");
    expect(faultOf(directory, askedWith([text], "somewhere"))).toBe("network");
  });

  it("tells of its tenant's bounds, its project's and its own, all at once", () => {
    const scope = { ...everything, methods: ["GET"] };
    const own = {
      models: ["b*"],
      residency: ["de"],
      expiresAt: 5000,
      priority: "batch",
      user: "ann",
    } as const;
    const above = {
      tenant: { models: ["a*", "b*"], scope },
      project: { residency: ["eu"], expiresAt: 4000 },
    };
    expect(
      identify(askedWith([text]), directoryOf([key({ ...own, labels: { a: "b" } })], above), digests),
    ).toEqual({
      kind: "known",
      identity: {
        ...{
          method: "api-key",
          subject: `key_${handle}`,
          keyId: `key_${handle}`,
          name: "a",
          roles: [],
          claims: {},
        },
        ...{ tenant: "default", project: "default", user: "ann", priority: "batch", labels: { a: "b" } },
        ...{ models: [["a*", "b*"], ["b*"]], residency: [["eu"], ["de"]], scopes: [scope], expiresAt: 4000 },
      },
    });
  });
});

describe("whom another vouches for", () => {
  const scope = { ...everything, routes: ["orders-*"] };
  const grant = {
    models: ["small-*"],
    residency: ["eu"],
    scope,
    networks: ["192.0.2.0/24"],
    expiresAt: 5000,
  };
  const vouched: Identity = {
    ...anybody,
    ...{ method: "jwt", subject: "ann", keyId: "jwt_ann", models: [["*"]], expiresAt: epochMs(9000) },
  };
  const within = (directory: KeyDirectory, changes: Partial<Identity> = {}, asked = askedWith([])) =>
    identifyWithin({ ...vouched, ...changes }, directory, asked);

  it("is held to all that the tenant and the project hold, as a key of them is", () => {
    const decision = within(directoryOf([], { tenant: grant, project: { models: ["small-a"] } }));
    expect(decision).toMatchObject({
      kind: "known",
      identity: {
        models: [["small-*"], ["small-a"], ["*"]],
        residency: [["eu"]],
        scopes: [scope],
        expiresAt: 5000,
      },
    });
  });

  it("is held to the tenant where it names a project that there is not", () => {
    const decision = within(directoryOf([], { tenant: grant }), { project: "made-up" });
    expect(decision).toMatchObject({ kind: "known", identity: { models: [["small-*"], ["*"]] } });
  });

  it.for([
    { name: "the tenant is disabled", above: { tenant: { isDisabled: true } }, fault: "disabled" },
    { name: "the project is disabled", above: { project: { isDisabled: true } }, fault: "disabled" },
    { name: "the tenant is over", above: { tenant: { expiresAt: 1000 } }, fault: "disabled" },
    { name: "the address is another", above: { tenant: { networks: ["10.0.0.0/8"] } }, fault: "network" },
  ])("is nobody where $name", ({ above, fault }) => {
    expect(within(directoryOf([], above))).toMatchObject({ kind: "unknown", fault });
  });

  it("is bound by nothing of a tenant that is not known here", () => {
    const directory = directoryOf([], { tenant: grant });
    expect(within(directory, { tenant: "acme" })).toEqual({
      kind: "known",
      identity: { ...vouched, tenant: "acme" },
    });
  });
});

describe("a scope", () => {
  const touched = { lane: "service", route: "orders", method: "GET" } as const;
  it.for([
    [{}, undefined],
    [{ lanes: ["service"], routes: ["ord*"], methods: ["GET"] }, undefined],
    [{ lanes: ["ai", "raw"] }, "the lane `service`"],
    [{ routes: ["echo", "o"] }, "the route `orders`"],
    [{ methods: ["POST"] }, "the method `GET`"],
  ] as const)("%j", ([scope, missing]) => {
    const check = () => checkScopes([everything, { ...everything, ...scope }], touched);
    if (missing === undefined) return expect(check).not.toThrow();
    expect(check).toThrow(
      expect.objectContaining({ code: "policy_denied", publicMessage: expect.stringContaining(missing) }),
    );
  });

  it("names the tool that is missing", () => {
    const scopes = [{ ...everything, tools: ["search_*"] }];
    expect(() => checkTools(scopes, ["search_web"])).not.toThrow();
    expect(() => checkTools(scopes, ["search_web", "shell"])).toThrow(
      expect.objectContaining({ publicMessage: expect.stringContaining("`shell`") }),
    );
  });
});

describe("mayUse", () => {
  it("an empty list allows all, any other only what one of its globs fits; each list counts", () => {
    expect(mayUse([], "x")).toBe(true);
    expect(mayUse([[]], "x")).toBe(true);
    expect(mayUse([["a*", "b"]], "b")).toBe(true);
    expect(mayUse([["a*", "b"]], "c")).toBe(false);
    expect(mayUse([["a*", "b"], ["*"], ["c", "b"]], "b")).toBe(true);
    expect(
      mayUse(
        [
          ["a*", "b"],
          ["c", "b"],
        ],
        "a",
      ),
    ).toBe(false);
  });
});
describe("presentedKeys", () => {
  const from = (headers: Record<string, string>, query = "") => presentedKeys((name) => headers[name], query);
  it.for<{ name: string; headers: Record<string, string>; query?: string; keys: readonly string[] }>([
    { name: "bearer", headers: { authorization: "Bearer sp-1" }, keys: ["sp-1"] },
    { name: "bearer in lower case", headers: { authorization: "bearer sp-1" }, keys: ["sp-1"] },
    { name: "x-api-key", headers: { "x-api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "api-key", headers: { "api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "x-goog-api-key", headers: { "x-goog-api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "query", headers: {}, query: "a=1&key=sp-1", keys: ["sp-1"] },
    {
      name: "the same key twice is one",
      headers: { authorization: "Bearer sp-1", "x-api-key": "sp-1" },
      keys: ["sp-1"],
    },
    {
      name: "two different ones are both told",
      headers: { authorization: "Bearer sp-1", "x-api-key": "sp-2" },
      keys: ["sp-1", "sp-2"],
    },
    {
      name: "a provider's key beside ours is not ours",
      headers: { authorization: "Bearer sk-1", "x-api-key": "sp-2" },
      keys: ["sp-2"],
    },
    { name: "basic is no carrier", headers: { authorization: "Basic sp-1" }, keys: [] },
  ])("$name", ({ headers, query, keys }) => {
    expect(from(headers, query)).toEqual(keys);
  });
});
