import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkScopes, checkTools, identify, mayUse } from "../capabilities/identity/index.ts";
import { scopeLanes } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import { epochMs } from "../kernel/units.ts";
import { createMemoryKeyStore, createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import type { KeyDigests } from "../ports/key-digests.ts";
import { openClientKeys } from "./client-keys.ts";
import type { KeyChanges } from "./key-states.ts";

const digests: KeyDigests = {
  ofSecret: (text) => `s ${text}`,
  ofWhole: (text) => `w ${text}`,
  areSame: (one, other) => one === other,
};

async function open(store = createMemoryKeyStore()) {
  const { clock, timer, advance } = createVirtualTime();
  const keys = await openClientKeys({ store, digests, clock, timer, random: createSeededRandom(3) });
  const ask = (key: string, address = "10.1.1.1") =>
    identify(
      { presented: [key], at: epochMs(clock.now()), address: () => address },
      keys.directory(),
      digests,
    );
  return { keys, clock, advance, ask, store };
}

const day = 86_400_000;
const kindOf = (decision: ReturnType<Awaited<ReturnType<typeof open>>["ask"]>): string =>
  decision.kind === "known" ? "known" : decision.fault;

describe("rotation, in virtual time", () => {
  it("lets the old secret be valid for a day, or for what is wished, and not a millisecond more", async () => {
    const { keys, ask, advance } = await open();
    const first = await keys.control(() => ({})).keys.create({ name: "a" });
    const { keys: control } = keys.control(() => ({}));
    const second = await control.rotate(first.entry.id);
    advance(day - 1);
    expect([first.key, second?.key ?? ""].map((key) => kindOf(ask(key)))).toEqual(["known", "known"]);
    advance(1);
    expect([first.key, second?.key ?? ""].map((key) => kindOf(ask(key)))).toEqual(["expired", "known"]);
    const third = await control.rotate(first.entry.id, 30 * day);
    expect(third?.entry.previous).not.toBeNull();
    advance(30 * day);
    expect(control.list()[0]?.previous).toBeNull();
    expect([second?.key ?? "", third?.key ?? ""].map((key) => kindOf(ask(key)))).toEqual([
      "expired",
      "known",
    ]);
    await expect(control.rotate(first.entry.id, 30 * day + 1)).rejects.toMatchObject({
      code: "malformed_request",
    });
    expect(await control.rotate("key_nobody")).toBeUndefined();
    await control.revoke(first.entry.id);
    await expect(control.rotate(first.entry.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(control.update(first.entry.id, { name: "b" })).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("the key that is always the same", () => {
  const fixed = { id: "key_first", name: "first", handle: "0123456789ab", secret: "s".repeat(43), whole: "" };
  const wanted = { ...fixed, whole: `sp-${fixed.secret}` };

  it("goes on to be valid in the form of old where it was kept in that, and is so after the next start", async () => {
    const { keys, store, ask } = await open();
    await keys.ensure(wanted);
    const [made] = await store.list();
    if (made === undefined) throw new Error("nothing was kept");
    const old = createMemoryKeyStore();
    await old.insert({
      ...made,
      handle: null,
      secret: { form: "whole", digest: digests.ofWhole(wanted.whole) },
    });
    const again = await open(old);
    expect(kindOf(again.ask(wanted.whole))).toBe("known");
    const key = (await again.keys.ensure(wanted)) ?? "";
    expect(kindOf(ask(key))).toBe("known");
    expect([key, wanted.whole].map((one) => kindOf(again.ask(one)))).toEqual(["known", "known"]);
    const next = await open(old);
    expect(await next.keys.ensure(wanted)).toBe(key);
    expect([key, wanted.whole].map((one) => kindOf(next.ask(one)))).toEqual(["known", "known"]);
  });

  it("is not shown once it was rotated or revoked", async () => {
    const { keys, ask } = await open();
    const { keys: own } = keys.control(() => ({}));
    const key = await keys.ensure(wanted);
    expect(await keys.ensure(wanted)).toBe(key);
    await own.rotate("key_first");
    expect(await keys.ensure(wanted)).toBeUndefined();
    await own.revoke("key_first");
    expect(await keys.ensure(wanted)).toBeUndefined();
    expect(kindOf(ask(key ?? ""))).toBe("revoked");
  });
});

describe("when a key was last used", () => {
  it("is written once a minute, behind the request", async () => {
    const { keys, store, clock, advance } = await open();
    const { entry } = await keys.control(() => ({})).keys.create({ name: "a" });
    const writes: number[] = [];
    const { used } = store;
    Object.assign(store, {
      used: (times: ReadonlyMap<string, number>) => {
        writes.push(times.size);
        return used(times);
      },
    });
    for (let second = 0; second < 150; second += 1) {
      keys.used(entry.id, clock.now());
      advance(1000);
    }
    expect(writes).toEqual([1, 1]);
    expect((await store.list())[0]?.lastUsedAt).toBeGreaterThan(0);
  });
});

describe("what is made under something holds no more than that", () => {
  const glob = fc.constantFrom("*", "a*", "ab*", "*b", "a*b", "ab", "abb", "b", "c*");
  const few = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Item[]>([]) },
      { weight: 1, arbitrary: fc.uniqueArray(item, { maxLength: 2 }) },
    );
  const globs = few(glob);
  const grant: fc.Arbitrary<KeyChanges> = fc.record({
    models: globs,
    residency: few(fc.constantFrom("eu", "de", "eea", "us", "ch")),
    networks: few(fc.constantFrom("10.0.0.0/8", "10.1.0.0/16", "10.1.1.1", "::/0", "2001:db8::/32")),
    expiresAt: fc.constantFrom(null, 4e12, 4.1e12, 4.2e12),
    scope: fc.record({
      lanes: few(fc.constantFrom(...scopeLanes)),
      routes: globs,
      methods: few(fc.constantFrom("GET", "POST")),
      tools: globs,
    }),
  });
  const names = ["a", "ab", "abb", "b", "ba", "c", "acb"];
  const addresses = ["10.1.1.1", "10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1", "2001:db9::1"];
  const passes = (check: () => void): boolean => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };

  it("in any tree of grants: what a key is let do, its project and its tenant let do too", async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(grant, grant, grant, async (ofTenant, ofProject, ofKey) => {
        const { keys, ask, clock } = await open();
        const { tenants, projects, keys: control } = keys.control(() => ({}));
        try {
          await tenants.create({ id: "t", ...ofTenant });
          await projects.create({ id: "p", tenant: "t", ...ofProject });
          await control.create({ name: "k", tenant: "t", project: "p", ...ofKey });
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
          expect(thrown).toMatchObject({ code: "policy_denied" });
          return;
        }
        accepted += 1;
        const made = await control.create({ name: "k", tenant: "t", project: "p", ...ofKey });
        for (const address of addresses) {
          const decision = ask(made.key, address);
          if (decision.kind !== "known") continue;
          const { identity } = decision;
          for (const parent of [ofTenant, ofProject]) {
            const within = await open();
            const { tenants: owners } = within.keys.control(() => ({}));
            await owners.update("default", parent);
            const free = await within.keys.control(() => ({})).keys.create({ name: "free" });
            const above = within.ask(free.key, address);
            expect(above.kind).toBe("known");
            if (above.kind !== "known") continue;
            for (const name of names) {
              if (mayUse(identity.models, name)) expect(mayUse(above.identity.models, name)).toBe(true);
              if (passes(() => checkTools(identity.scopes, [name])))
                expect(passes(() => checkTools(above.identity.scopes, [name]))).toBe(true);
              for (const lane of scopeLanes)
                for (const method of ["GET", "POST"]) {
                  const touched = { lane, method, route: name };
                  if (passes(() => checkScopes(identity.scopes, touched)))
                    expect(passes(() => checkScopes(above.identity.scopes, touched))).toBe(true);
                }
            }
            const end = above.identity.expiresAt ?? Number.POSITIVE_INFINITY;
            expect(identity.expiresAt ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(end);
          }
          expect(clock.now()).toBeLessThan(identity.expiresAt ?? Number.POSITIVE_INFINITY);
        }
      }),
      { numRuns: 150 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it.for<{ name: string; parent: KeyChanges; child: KeyChanges; member: string }>([
    { name: "a model", parent: { models: ["gpt-*"] }, child: { models: ["gpt-5", "*"] }, member: "models" },
    { name: "a zone", parent: { residency: ["eu"] }, child: { residency: ["us"] }, member: "residency" },
    {
      name: "a lane",
      parent: { scope: { lanes: ["ai"] } },
      child: { scope: { lanes: ["raw"] } },
      member: "scope.lanes",
    },
    {
      name: "a tool",
      parent: { scope: { tools: ["a*"] } },
      child: { scope: { tools: ["*a"] } },
      member: "scope.tools",
    },
    {
      name: "a network",
      parent: { networks: ["10.0.0.0/8"] },
      child: { networks: ["10.0.0.0/7"] },
      member: "networks",
    },
    { name: "a later end", parent: { expiresAt: 4e12 }, child: { expiresAt: 4.1e12 }, member: "expiresAt" },
  ])(
    "names $name that is too much, for keys and projects, at their making and later",
    async ({ parent, child, member }) => {
      const { tenants, projects, keys } = await open().then(({ keys: all }) => all.control(() => ({})));
      await tenants.create({ id: "t", ...parent });
      const refusal = { code: "policy_denied", facts: { param: member } };
      await expect(projects.create({ id: "p", tenant: "t", ...child })).rejects.toMatchObject(refusal);
      await projects.create({ id: "p", tenant: "t", ...parent });
      await expect(projects.update("t/p", child)).rejects.toMatchObject(refusal);
      await expect(keys.create({ name: "k", tenant: "t", project: "p", ...child })).rejects.toMatchObject(
        refusal,
      );
      const { entry } = await keys.create({ name: "k", tenant: "t", project: "p", ...parent });
      await expect(keys.update(entry.id, child)).rejects.toMatchObject(refusal);
    },
  );
});

describe("tenants and projects", () => {
  it("are removed only without what belongs to them, the first ones never", async () => {
    const { keys } = await open();
    const { tenants, projects, keys: control } = keys.control(() => ({}));
    await tenants.create({ id: "t" });
    await projects.create({ id: "p", tenant: "t" });
    const { entry } = await control.create({ name: "k", tenant: "t", project: "p" });
    for (const refused of [
      tenants.remove("t"),
      projects.remove("t/p"),
      tenants.remove("default"),
      projects.remove("default"),
    ])
      await expect(refused).rejects.toMatchObject({ code: "conflict" });
    await control.revoke(entry.id);
    expect(await projects.remove("t/p")).toMatchObject({ id: "p" });
    expect(await tenants.remove("t")).toMatchObject({ id: "t" });
    expect(await tenants.remove("t")).toBeUndefined();
    await expect(control.create({ name: "k", tenant: "t" })).rejects.toMatchObject({
      code: "malformed_request",
    });
    await expect(control.create({ name: "k", project: "p" })).rejects.toMatchObject({
      code: "malformed_request",
    });
    for (const id of ["", "A", "-a", "a/b", "x".repeat(41)])
      await expect(tenants.create({ id })).rejects.toMatchObject({ code: "malformed_request" });
  });
});
