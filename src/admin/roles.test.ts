import { beforeAll, describe, expect, it } from "vitest";
import { type AdminRole, adminRoles, type Reach } from "../exchange/operator.ts";
import type { Control, LimitStanding } from "../gateway/control.ts";
import type { Operators } from "../gateway/operators.ts";
import { createSessions } from "../gateway/sessions.ts";
import { createRecordingLogger, createSeededRandom, createVirtualTime } from "../platform/memory/index.ts";
import type { AdminRoute } from "./admin-route.ts";
import { budgetFor } from "./budget-samples.test-support.ts";
import { sampleRecord } from "./control-samples.test-support.ts";
import { createAdmin } from "./create-admin.ts";
import { ask } from "./inbound.test-support.ts";
import { sampleLimit } from "./limit-samples.test-support.ts";
import { createMemoryControl } from "./memory-control.test-support.ts";
import { memoryOperators } from "./operator-samples.test-support.ts";
import { plainRoutes } from "./plain-routes.ts";
import { mayGive, permissionsOf } from "./roles.ts";
import { routes } from "./routes.ts";

/** Of nobody in particular: what is another's is seen no more than that. */
const budgetOfAll = budgetFor("everything", {});
const limitOfAll: LimitStanding = {
  ...sampleLimit,
  limit: { ...sampleLimit.limit, id: "everybody", for: { tenants: ["acme", "other"] } },
};
const limitWithin: LimitStanding = {
  ...sampleLimit,
  limit: { ...sampleLimit.limit, id: "acme-web", for: { tenants: ["acme"], projects: ["web"] } },
};

const rows: readonly (readonly [string, AdminRoute])[] = Object.entries(routes);

/** The admin listener with an operator of each role, and each once bound to the tenant `acme`. */
async function openPeople(instead: Partial<Control> = {}) {
  const time = createVirtualTime();
  const operators = await memoryOperators(time.clock);
  const memory = createMemoryControl();
  const control = {
    ...memory,
    budgets: { ...memory.budgets, list: () => [...memory.budgets.list(), budgetOfAll] },
    limits: { ...memory.limits, list: () => [...memory.limits.list(), limitOfAll, limitWithin] },
    ...instead,
  };
  const sessions = createSessions({
    clock: time.clock,
    random: createSeededRandom(3),
    digestOf: (text) => `digest of ${text}`,
    adminToken: control.adminToken,
    operators,
  });
  const handler = createAdmin({
    control: { ...control, operators: operators.control, session: sessions },
    clock: time.clock,
    random: createSeededRandom(1),
    logger: createRecordingLogger(),
    assets: () => undefined,
    version: "0.1.0",
    dataUrl: "http://127.0.0.1:7227",
  });
  const tokenOf = async (role: AdminRole, reach: Reach = {}): Promise<string> => {
    const { id } = await operators.control.create(
      { name: `${role} ${JSON.stringify(reach)} ${Math.random()}`, role, ...reach },
      "root",
    );
    return (await operators.control.giveToken(id))?.token ?? "";
  };
  const call = (token: string | undefined, method: string, target: string, body?: unknown) =>
    ask(handler, {
      method,
      target,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { time, operators, control, handler, tokenOf, call };
}

describe("the table of roles", () => {
  it.for<{ readonly role: AdminRole; readonly may: readonly string[]; readonly mayNot: readonly string[] }>([
    { role: "owner", may: ["config:write", "audit:write", "operators:write"], mayNot: [] },
    { role: "admin", may: ["config:write", "keys:write", "operators:write"], mayNot: ["audit:write"] },
    {
      role: "operator",
      may: ["breakers:write", "config:read", "requests:read"],
      mayNot: ["keys:write", "config:write", "operators:write"],
    },
    {
      role: "developer",
      may: ["keys:write", "requests:read"],
      mayNot: ["config:read", "audit:read", "breakers:write", "operators:read"],
    },
    {
      role: "analyst",
      may: ["stats:read", "budgets:read"],
      mayNot: ["requests:read", "keys:read", "config:read", "audit:read"],
    },
    {
      role: "auditor",
      may: ["audit:read", "requests:read", "config:read"],
      mayNot: ["keys:write", "breakers:write"],
    },
  ])("$role", ({ role, may, mayNot }) => {
    const held: ReadonlySet<string> = permissionsOf(role);
    expect(may.filter((permission) => !held.has(permission))).toEqual([]);
    expect(mayNot.filter((permission) => held.has(permission))).toEqual([]);
  });

  it("nobody gives what he does not have", () => {
    const given = adminRoles.map((role) => [role, adminRoles.filter((other) => mayGive(role, other))]);
    expect(Object.fromEntries(given)).toEqual({
      owner: [...adminRoles],
      admin: ["admin", "operator", "developer", "analyst", "auditor"],
      operator: ["operator", "analyst", "auditor"],
      developer: ["developer"],
      analyst: ["analyst"],
      auditor: ["analyst", "auditor"],
    });
  });
});

describe("every route of the admin API by every role", () => {
  let people: Awaited<ReturnType<typeof openPeople>>;
  beforeAll(async () => {
    people = await openPeople();
  });
  const targetOf = (path: string): string => path.replace("{id}", "foreign");
  const closed = rows.filter(([, { permission }]) => permission !== "public");

  it.for(adminRoles)("%s: what is not held is 403, whatever its body", async (role) => {
    const token = await people.tokenOf(role);
    const held = permissionsOf(role);
    for (const [id, { method, path, permission }] of closed) {
      if (permission === "public" || held.has(permission)) continue;
      const { status } = await people.call(token, method, targetOf(path), {});
      expect([id, status]).toEqual([id, 403]);
    }
  });

  it.for(adminRoles)("%s of a tenant: what is about the whole gateway is 403", async (role) => {
    const token = await people.tokenOf(role, { tenant: "acme", project: "web" });
    for (const [id, { method, path, reach }] of closed) {
      if (reach === "tenant") continue;
      const { status } = await people.call(token, method, targetOf(path), {});
      expect([id, status]).toEqual([id, 403]);
    }
    for (const { path, permission } of plainRoutes) {
      if (permission !== "public") expect((await people.call(token, "GET", path)).status).toBe(403);
    }
  });

  it.for(adminRoles)(
    "%s of a tenant: what is another's is 403 or 404, as what does not exist",
    async (role) => {
      const token = await people.tokenOf(role, { tenant: "acme", project: "web" });
      const theirs = await foreignThings(people);
      for (const [id, { method, path, reach }] of closed) {
        if (reach !== "tenant" || !path.includes("{id}")) continue;
        const resource = path.split("/")[3] ?? "";
        const foreign = theirs.get(resource);
        expect([resource, foreign]).toEqual([resource, expect.any(String)]);
        const asked = (name: string) =>
          people.call(token, method, path.replace("{id}", encodeURIComponent(name)));
        const [given, unknown] = [await asked(foreign ?? ""), await asked("nothing-of-this-id")];
        expect([id, given.status]).toEqual([
          id,
          expect.toSatisfy((status) => status === 403 || status === 404),
        ]);
        // Where the answer to what does not exist is to make it, only the other's is refused.
        if (!makers.has(id)) expect([id, given.status]).toEqual([id, unknown.status]);
      }
    },
  );

  it("a stranger gets 401 everywhere", async () => {
    for (const [id, { method, path }] of closed)
      expect([id, (await people.call(undefined, method, targetOf(path), {})).status]).toEqual([id, 401]);
  });
});

const makers: ReadonlySet<string> = new Set(["createBudget", "setBudget", "setLimit"]);

/** Ids of what belongs to another tenant, by the word of the path. */
async function foreignThings({
  operators,
  control,
}: {
  readonly operators: Operators;
  readonly control: Pick<Control, "keys" | "signingKeys">;
}): Promise<ReadonlyMap<string, string>> {
  const eve = await operators.control.create(
    { name: `eve ${Math.random()}`, role: "analyst", tenant: "other" },
    "root",
  );
  const { entry } = await control.keys.create({ name: "theirs" });
  const signing = await control.signingKeys.create({
    ...{ name: "theirs", algorithm: "hmac-sha256", clientKeyId: entry.id },
  });
  return new Map([
    ["requests", sampleRecord.id],
    ["prices", sampleRecord.id],
    ["operators", eve.id],
    ["keys", entry.id],
    ["projects", "default/default"],
    ["budgets", "everything"],
    ["limits", "everybody"],
    ["signing-keys", signing.entry.id],
  ]);
}

describe("operators", () => {
  const operators = "/api/gateway/operators";

  it("sign in by name and password, and may what their role may", async () => {
    const { call, control, handler } = await openPeople();
    const password = "correct horse battery";
    expect(
      (await call(control.adminToken, "POST", operators, { name: "ada", role: "auditor", password })).status,
    ).toBe(201);
    const signIn = (body: unknown) =>
      ask(handler, { method: "POST", target: "/api/gateway/session", body: JSON.stringify(body) });
    expect((await signIn({ name: "ada", password: "wrong" })).status).toBe(401);
    expect((await signIn({ name: "ada", password })).status).toBe(429);
    expect((await signIn({ name: "nobody", password })).status).toBe(401);
  });

  it("wait a second, then two, then four after wrong passwords; a right one ends that", async () => {
    const { call, control, handler, time } = await openPeople();
    const password = "correct horse battery";
    await call(control.adminToken, "POST", operators, { name: "ada", role: "auditor", password });
    const signIn = async (given: string) => {
      const body = JSON.stringify({ name: "ada", password: given });
      const { status, headers } = await ask(handler, {
        method: "POST",
        target: "/api/gateway/session",
        body,
      });
      return { status, cookie: headers.get("set-cookie")?.split(";")[0], after: headers.get("retry-after") };
    };
    for (const wait of [1000, 2000, 4000]) {
      expect((await signIn("wrong")).status).toBe(401);
      time.advance(wait - 1);
      expect((await signIn(password)).status).toBe(429);
      time.advance(1);
    }
    const { status, cookie } = await signIn(password);
    expect(status).toBe(201);
    const read = await ask(handler, { target: "/api/gateway/session", headers: { cookie } });
    expect(read.json()).toMatchObject({ data: { kind: "session", name: "ada", role: "auditor" } });
    expect((await ask(handler, { target: "/api/gateway/stats", headers: { cookie } })).status).toBe(200);
  });

  it("lose what they had at once: by a change, by a ban, by their time, by removal", async () => {
    const { call, control, time } = await openPeople();
    const made = await call(control.adminToken, "POST", operators, { name: "ada", role: "admin" });
    const { id } = Object(Object(made.json()).data);
    const given = await call(control.adminToken, "POST", `${operators}/${id}:token`);
    const token: string = Object(Object(given.json()).data).token;
    const reads = async () => (await call(token, "GET", "/api/gateway/config")).status;
    expect(await reads()).toBe(200);
    const put = (change: object) =>
      call(control.adminToken, "PUT", `${operators}/${id}`, { name: "ada", role: "admin", ...change });
    await put({ role: "analyst" });
    expect(await reads()).toBe(403);
    await put({ isDisabled: true });
    expect(await reads()).toBe(401);
    await put({ expiresAt: time.clock.now() + 1000 });
    expect(await reads()).toBe(200);
    time.advance(1000);
    expect(await reads()).toBe(401);
    await put({});
    expect(await reads()).toBe(200);
    expect((await call(control.adminToken, "DELETE", `${operators}/${id}`)).status).toBe(200);
    expect(await reads()).toBe(401);
  });

  it("make nobody who may more than they", async () => {
    const { call, tokenOf } = await openPeople();
    const admin = await tokenOf("admin", { tenant: "acme" });
    const make = async (wish: object) =>
      (await call(admin, "POST", operators, { name: "x", ...wish })).status;
    expect(await make({ role: "owner", tenant: "acme" })).toBe(403);
    expect(await make({ role: "admin" })).toBe(403);
    expect(await make({ role: "admin", tenant: "other" })).toBe(403);
    expect(await make({ role: "admin", tenant: "acme" })).toBe(201);
  });

  it("outlive nobody who makes them: who has an end gives no later one, takes no token of who has, and moves not their own", async () => {
    const { call, operators: people, time } = await openPeople();
    const end = time.clock.now() + 10_000;
    const wish = { role: "admin", tenant: "acme" } as const;
    const made = async (name: string, expiresAt: number | null): Promise<string> =>
      (await people.control.create({ ...wish, name, expiresAt }, "root")).id;
    const [own, lasting, shorter] = [await made("a", end), await made("b", null), await made("c", end)];
    const { token } = (await people.control.giveToken(own)) ?? {};
    const asked = async (method: string, path: string, expiresAt?: number | null) =>
      (
        await call(
          token,
          method,
          path,
          expiresAt === undefined ? undefined : { ...wish, name: "x", expiresAt },
        )
      ).status;
    expect(await asked("POST", operators, null)).toBe(403);
    expect(await asked("POST", operators, end + 1)).toBe(403);
    expect(await asked("POST", operators, end)).toBe(201);
    expect(await asked("PUT", `${operators}/${own}`, null)).toBe(403);
    expect(await asked("POST", `${operators}/${lasting}:token`)).toBe(403);
    expect(await asked("DELETE", `${operators}/${lasting}`)).toBe(403);
    expect(await asked("POST", `${operators}/${shorter}:token`)).toBe(201);
  });

  it("make no key that outlives them", async () => {
    const { call, operators: people, time } = await openPeople();
    const end = time.clock.now() + 10_000;
    const { id } = await people.control.create({ name: "a", role: "admin", expiresAt: end }, "root");
    const { token } = (await people.control.giveToken(id)) ?? {};
    const keys = "/api/gateway/keys";
    const make = async (more: object) => (await call(token, "POST", keys, { name: "k", ...more })).status;
    expect(await make({})).toBe(403);
    expect(await make({ expiresAt: end + 1 })).toBe(403);
    const made = await call(token, "POST", keys, { name: "k", expiresAt: end });
    expect(made.status).toBe(201);
    const key = `${keys}/${Object(Object(made.json()).data).entry.id}`;
    expect((await call(token, "PUT", key, { expiresAt: null })).status).toBe(403);
    expect((await call(token, "PUT", key, { name: "l" })).status).toBe(200);
  });

  it("see those of their own reach", async () => {
    const { call, tokenOf, control } = await openPeople();
    await tokenOf("admin");
    await tokenOf("admin", { tenant: "other" });
    const admin = await tokenOf("admin", { tenant: "acme" });
    const listed = (token: string) => call(token, "GET", operators);
    expect(Object(Object((await listed(admin)).json()).data).operators).toHaveLength(1);
    expect(Object(Object((await listed(control.adminToken)).json()).data).operators).toHaveLength(3);
  });

  it("have a name of their own", async () => {
    const { call, control } = await openPeople();
    const make = async (name: string) =>
      (await call(control.adminToken, "POST", operators, { name, role: "analyst" })).status;
    expect([await make("ada"), await make("ada"), await make("root")]).toEqual([201, 409, 409]);
  });
});

describe("who is bound to a tenant", () => {
  const api = "/api/gateway";
  const dataOf = (answer: { readonly json: () => unknown }) => Object(Object(answer.json()).data);

  it("sees budgets and limits that are for it alone, and sets those within it, not what bounds all of it", async () => {
    const { call, tokenOf } = await openPeople();
    const [acme, web] = [
      await tokenOf("admin", { tenant: "acme" }),
      await tokenOf("admin", { tenant: "acme", project: "web" }),
    ];
    const idsOf = async (token: string, path: "budgets" | "limits") =>
      dataOf(await call(token, "GET", `${api}/${path}`))[path].map(({ id }: { id: string }) => id);
    expect(await idsOf(acme, "budgets")).toEqual(["team"]);
    expect(await idsOf(web, "budgets")).toEqual([]);
    expect(await idsOf(acme, "limits")).toEqual(["acme-web"]);
    expect(await idsOf(web, "limits")).toEqual(["acme-web"]);
    const put = async (token: string, path: string, body: object) =>
      (await call(token, "PUT", `${api}/${path}`, body)).status;
    const budget = (scope: object) => ({ scope, limitUsd: 1 });
    expect(await put(acme, "budgets/new", budget({ tenant: "acme", project: "web" }))).toBe(200);
    expect(await put(acme, "budgets/new", budget({ tenant: "acme" }))).toBe(403);
    expect(await put(acme, "budgets/new", budget({ tenant: "acm*", project: "web" }))).toBe(403);
    expect(await put(acme, "budgets/new", budget({ tenant: "other", project: "web" }))).toBe(403);
    expect(await put(acme, "budgets/new", budget([]))).toBe(403);
    expect(await put(acme, "budgets/team", budget({ tenant: "acme", project: "web" }))).toBe(403);
    expect(await put(web, "budgets/new", budget({ tenant: "acme", project: "web" }))).toBe(403);
    expect(await put(web, "budgets/new", budget({ tenant: "acme", project: "web", key: "k" }))).toBe(200);
    expect(await put(acme, "limits/new", { limit: 1, tenants: ["acme"], projects: ["web"] })).toBe(200);
    expect(await put(acme, "limits/new", { limit: 1, tenants: ["acme", "other"], keys: ["k"] })).toBe(403);
    expect(await put(acme, "limits/new", { limit: 1, tenants: ["acme"] })).toBe(403);
    expect(await put(web, "limits/acme-web", { limit: 1, tenants: ["acme"], projects: ["web"] })).toBe(403);
    expect((await call(acme, "DELETE", `${api}/budgets/team`)).status).toBe(403);
  });

  it("sees and makes signing keys of its own client keys only", async () => {
    const { call, tokenOf, control } = await openPeople();
    const acme = await tokenOf("admin", { tenant: "acme" });
    const theirs = await control.keys.create({ name: "theirs" });
    const own = await control.keys.create({ name: "own", tenant: "acme" });
    const make = (clientKeyId: string) =>
      call(acme, "POST", `${api}/signing-keys`, { name: "s", algorithm: "hmac-sha256", clientKeyId });
    expect((await make(theirs.entry.id)).status).toBe(404);
    expect((await make("key_none")).status).toBe(404);
    expect((await make(own.entry.id)).status).toBe(201);
    const listed = dataOf(await call(acme, "GET", `${api}/signing-keys`)).keys;
    expect(listed.map((key: { clientKeyId: string }) => key.clientKeyId)).toEqual([own.entry.id]);
  });

  it("sees violations and audit records of its tenant, whatever it asks for; of a project nothing can be told", async () => {
    const people = await openPeople();
    const asked: unknown[] = [];
    const { control } = people;
    const policies = {
      ...control.policies,
      violations: (filter: Parameters<Control["policies"]["violations"]>[0]) => {
        asked.push(filter.tenant);
        return control.policies.violations(filter);
      },
    };
    const audit = {
      ...control.audit,
      list: (filter: Parameters<Control["audit"]["list"]>[0]) => {
        asked.push(filter.tenant);
        return control.audit.list(filter);
      },
    };
    const { call, tokenOf } = await openPeople({ policies, audit });
    const acme = await tokenOf("auditor", { tenant: "acme" });
    const web = await tokenOf("auditor", { tenant: "acme", project: "web" });
    for (const path of ["violations?tenant=other", "audit?tenant=other", "violations", "audit"]) {
      expect([path, (await call(acme, "GET", `${api}/${path}`)).status]).toEqual([path, 200]);
      expect([path, (await call(web, "GET", `${api}/${path}`)).status]).toEqual([path, 403]);
    }
    expect(new Set(asked)).toEqual(new Set(["acme"]));
  });
});
