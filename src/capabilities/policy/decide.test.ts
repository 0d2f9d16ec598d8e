import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyRecord, RequestRecord } from "../../exchange/settlement.ts";
import { createExpressions } from "../../platform/cel/index.ts";
import type { FactValue } from "../../ports/expressions.ts";
import { compilePolicies, type PolicySet } from "./compile.ts";
import { conflictsOf } from "./conflicts.ts";
import { decide } from "./decide.ts";
import { policyFacts } from "./facts.ts";
import type { Policy } from "./policy.ts";
import { decisionOf, standard, takeNotes } from "./record.ts";
import { policySettings } from "./settings.ts";
import { createSimulation } from "./simulate.ts";

const { compileRule } = createExpressions();
const lists = new Map<string, ReadonlySet<string>>();
const world = { expressions: { compileRule }, lists };
const policy = (given: object): Policy => policySettings.parse(given);

function setOf(policies: readonly Policy[], fallback: "allow" | "deny" = "allow"): PolicySet {
  const made = compilePolicies(policies, world, { revision: 1, fallback });
  if (made.kind === "broken") throw new Error(JSON.stringify(made.problems));
  return made.set;
}

const facts: Readonly<Record<string, FactValue>> = {
  authenticated: true,
  auth_required: true,
  method: "POST",
  endpoint: "/v1/chat/completions",
  user_id: "alice",
  "auth.tenant": "acme",
  "request.bytes": 10,
};
const factOf = (name: string): FactValue => {
  const value = facts[name];
  if (value === undefined) throw new Error(`no ${name}`);
  return value;
};
const asked = { factOf, tenant: "acme", route: "chat", protocol: "ai", now: 1000 };

describe("decide", () => {
  const all = [
    policy({ id: "b-allow", when: "true", do: { allow: {} } }),
    policy({ id: "a-deny", when: "method == 'POST'", do: { deny: {} }, reason: "no posts" }),
    policy({ id: "high", priority: 5, when: "true", do: { transform: [{ removeHeader: "x-a" }] } }),
    policy({ id: "low", priority: -5, when: "true", do: { deny: {} } }),
    policy({ id: "off", priority: 900, mode: "off", when: "true", do: { deny: {} } }),
    policy({ id: "shadow", priority: 800, mode: "shadow", when: "true", do: { deny: {} } }),
  ];

  it("comes to the same whatever the order in which policies are written", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        const verdict = decide(setOf(shuffled), "request", asked);
        expect(verdict).toMatchObject({ allowed: false, reason: "no posts", by: { id: "a-deny" } });
        expect(verdict.met.map(({ policy: id }) => id)).toEqual(["shadow", "high", "a-deny"]);
        expect(verdict.shadowDenies.map(({ id }) => id)).toEqual(["shadow"]);
      }),
    );
  });

  it("lets pass what a higher one allows, and holds to the default where nobody decides", () => {
    const allow = policy({ id: "z", priority: 1, when: "true", do: { allow: {} } });
    expect(decide(setOf([...all, allow]), "request", asked)).toMatchObject({
      allowed: true,
      by: { id: "z" },
    });
    expect(decide(setOf([], "deny"), "request", asked).allowed).toBe(false);
    expect(decide(setOf([], "deny"), "target", asked).allowed).toBe(true);
  });

  it.for<{ name: string; given: object; allowed: boolean }>([
    { name: "scope of another tenant", given: { scope: { tenants: ["other"] } }, allowed: true },
    {
      name: "scope of this tenant",
      given: { scope: { tenants: ["ac*"], protocols: ["ai"] } },
      allowed: false,
    },
    { name: "not yet valid", given: { validFrom: 1001 }, allowed: true },
    { name: "valid no more", given: { validUntil: 1000 }, allowed: true },
    { name: "an error of who guards", given: { when: "ai.stream" }, allowed: false },
    { name: "an error that is to be skipped", given: { when: "ai.stream", onError: "skip" }, allowed: true },
    { name: "an error in shadow", given: { when: "ai.stream", mode: "shadow" }, allowed: true },
  ])("$name", ({ given, allowed }) => {
    const set = setOf([policy({ id: "p", when: "true", do: { deny: {} }, ...given })]);
    expect(decide(set, "request", asked).allowed).toBe(allowed);
  });

  it("knows whom a policy is for, by tenant, route and protocol, whoever asked before", () => {
    const of = (scope: object) => policy({ id: "p", when: "true", do: { deny: {} }, scope });
    const set = setOf([of({ tenants: ["a"], routes: ["bc"] })]);
    const isDenied = (tenant: string, route: string): boolean =>
      !decide(set, "request", { ...asked, tenant, route }).allowed;
    expect([isDenied("ab", "c"), isDenied("a", "bc"), isDenied("ab", "c"), isDenied("a", "b")]).toEqual([
      ...[false, true, false, false],
    ]);
    for (let index = 0; index < 300; index += 1) expect(isDenied(`t${index}`, "bc")).toBe(false);
    expect(isDenied("a", "bc")).toBe(true);
  });

  describe("before an operation is read", () => {
    const read = { ...asked, factOf: (name: string) => (name === "graphql.type" ? "query" : factOf(name)) };
    const early = (...policies: readonly object[]) =>
      decide(
        setOf(
          policies.map((one, index) => policy({ id: `p${index}`, when: "true", do: { deny: {} }, ...one })),
        ),
        "request",
        { ...asked, isEarly: true },
      );
    const late = { when: "graphql.type == 'query'", priority: 5 };

    it("refuses what is refused whatever it is", () => {
      expect(early({ ...late }, {}).allowed).toBe(false);
      expect(early({ ...late, mode: "shadow", do: { allow: {} } }, {}).allowed).toBe(false);
      expect(early({ ...late, do: { allow: {} } }, { priority: 9 }).allowed).toBe(false);
    });

    it("refuses nothing that might be allowed, and does what is to be done", () => {
      const verdict = early(
        { ...late, do: { allow: {} } },
        { priority: 1, do: { transform: [{ removeHeader: "x-a" }] } },
        {},
        { priority: -1, do: { transform: [{ removeHeader: "x-b" }] } },
      );
      expect(verdict).toMatchObject({ allowed: true, edits: [{ removeHeader: "x-a" }] });
      const closed = setOf([policy({ id: "p", ...late, do: { allow: {} } })], "deny");
      expect(decide(closed, "request", { ...asked, isEarly: true }).allowed).toBe(true);
      expect(decide(closed, "request", read)).toMatchObject({ allowed: true, by: { id: "p" } });
    });

    it("never refuses what the whole allows, and lets the whole refuse", () => {
      const whens = ["true", "false", "graphql.type == 'query'", "graphql.type == 'mutation'"];
      const one = fc.record({
        priority: fc.integer({ min: -2, max: 2 }),
        when: fc.constantFrom(...whens),
        mode: fc.constantFrom("enforce", "shadow"),
        do: fc.constantFrom<object>({ deny: {} }, { allow: {} }),
      });
      fc.assert(
        fc.property(fc.array(one, { maxLength: 5 }), fc.constantFrom("allow", "deny"), (given, fallback) => {
          const set = setOf(
            given.map((of, index) => policy({ id: `p${index}`, ...of })),
            fallback,
          );
          const whole = decide(set, "request", read);
          const before = decide(set, "request", { ...asked, isEarly: true });
          if (whole.allowed) expect(before.allowed).toBe(true);
          if (!set.readsOperations) expect(before).toEqual(whole);
        }),
        { numRuns: 500 },
      );
    });
  });

  it("refuses where no target can keep two constraints, and names both policies", () => {
    const only = (id: string, route: object) => policy({ id, when: "true", do: { route } });
    const apart = setOf([only("one", { providers: ["openai"] }), only("two", { providers: ["anthropic*"] })]);
    expect(decide(apart, "request", asked)).toMatchObject({
      allowed: false,
      reason: "no target can keep both `one` and `two`",
    });
    const together = setOf([only("one", { providers: ["open*"] }), only("two", { pinTo: "openai/gpt-5" })]);
    expect(decide(together, "request", asked)).toMatchObject({ allowed: true, bounds: [{}, {}] });
  });
});

describe("compilePolicies", () => {
  it.for<{ name: string; given: object; says: string }>([
    { name: "an unknown name", given: { when: "authentcated" }, says: "did you mean `authenticated`?" },
    {
      name: "an action of another phase",
      given: { phase: "target", do: { route: { pinTo: "a" } } },
      says: "no action of phase",
    },
    { name: "an approval", given: { do: { requireApproval: { within: 1 } } }, says: "not built yet" },
    { name: "facts of a later phase", given: { when: "target.private" }, says: "is no fact" },
    // A fact that nobody knows yet would let everything pass, in silence.
    {
      name: "facts of operations where targets are asked about",
      given: { phase: "target", when: "graphql.cost > 100" },
      says: "is no fact",
    },
    {
      name: "what is to be done before an operation is read",
      given: { when: "graphql.cost > 100", do: { limit: { use: "team-rpm" } } },
      says: "comes too late for `limit`",
    },
    { name: "facts of MCP", given: { when: "mcp.tool == 'x'" }, says: "is no fact" },
    {
      name: "a body of an answer",
      given: { phase: "response", do: { transform: [{ setModel: "x" }] } },
      says: "only headers",
    },
    {
      name: "a limit that there is not",
      given: { do: { limit: { use: "team-rmp", cost: 2 } } },
      says: "no limit `team-rmp`; did you mean `team-rpm`?",
    },
  ])("refuses $name", ({ given, says }) => {
    const made = compilePolicies(
      [policy({ id: "p", when: "true", do: { deny: {} }, ...given })],
      { ...world, limits: ["team-rpm"] },
      { revision: 1, fallback: "allow" },
    );
    expect(made).toMatchObject({ kind: "broken", problems: [{ message: expect.stringContaining(says) }] });
  });

  it("refuses every name that is no fact of its phase", () => {
    for (const name of [
      "auth.x",
      "request.cookies",
      "ai.temperature",
      "cost.total",
      "foo",
      "response.status",
    ]) {
      const made = compilePolicies([policy({ id: "p", when: `${name} == 1`, do: { deny: {} } })], world, {
        revision: 1,
        fallback: "allow",
      });
      expect(made.kind).toBe("broken");
    }
  });

  it("bounds what all of them take together", () => {
    const when = "request.headers.exists(name, name.matches('^x-'))";
    const many = Array.from({ length: 60 }, (_, index) =>
      policy({ id: `p${index}`, when, do: { deny: {} } }),
    );
    const made = compilePolicies(many, world, { revision: 1, fallback: "allow" });
    expect(made).toMatchObject({
      kind: "broken",
      problems: [{ message: expect.stringContaining("100000 are taken") }],
    });
  });

  it("counts of policies for tenants only those that one tenant can meet", () => {
    const when = "request.headers.exists(name, name.matches('^x-'))";
    const of = (tenants: readonly string[]) =>
      compilePolicies(
        tenants.map((tenant, index) =>
          policy({ id: `p${index}`, when, do: { deny: {} }, scope: { tenants: [tenant] } }),
        ),
        world,
        { revision: 1, fallback: "allow" },
      ).kind;
    const alone = Array.from({ length: 60 }, (_, index) => `tenant-${index}`);
    expect(of(alone)).toBe("set");
    expect(of(alone.map(() => "acme"))).toBe("broken");
    expect(of(alone.map((tenant) => `${tenant}*`))).toBe("broken");
  });

  it("tells of conflicts that are sure", () => {
    const deny = (id: string, when: string, priority = 0) => policy({ id, when, priority, do: { deny: {} } });
    const found = conflictsOf(
      setOf([
        deny("wide", "method == 'POST'", 9),
        deny("narrow", "authenticated and method == 'POST'"),
        deny("never", "method == 'A' and method == 'B'"),
        deny("both", "authenticated and not authenticated"),
        deny("fine", "endpoint == '/x'"),
      ]),
    );
    expect(found.map(({ policy: id, kind, by }) => [id, kind, by])).toEqual([
      ["both", "never-true", undefined],
      ["narrow", "shadowed", "wide"],
      ["never", "never-true", undefined],
    ]);
  });
});

describe("simulation", () => {
  const words = [
    "authenticated",
    "method == 'POST'",
    "request.bytes > 5",
    "user_id == 'alice'",
    "header('x-team') == ['a']",
    "auth.tenant in ['acme', 'b']",
    "endpoint.startsWith('/v1')",
    "ai.model == 'm'",
  ];
  const anyPolicy = fc.record({
    priority: fc.integer({ min: -3, max: 3 }),
    when: fc
      .tuple(fc.constantFrom(...words), fc.constantFrom("and", "or", "and not"), fc.constantFrom(...words))
      .map((parts) => parts.join(" ")),
    mode: fc.constantFrom("enforce", "shadow"),
    do: fc.constantFrom<object>(
      { deny: {} },
      { allow: {} },
      { route: { providers: ["a"] } },
      { limit: { use: "x" } },
    ),
  });
  const anySet = fc
    .array(anyPolicy, { maxLength: 6 })
    .map((all) => all.map((one, index) => policy({ id: `p${index}`, ...one })));
  const anyFacts = fc.record({
    authenticated: fc.boolean(),
    method: fc.constantFrom("GET", "POST"),
    bytes: fc.nat({ max: 10 }),
    user: fc.constantFrom("alice", "bob"),
    model: fc.constantFrom("m", "n"),
  });

  function recorded(
    set: PolicySet,
    of: { authenticated: boolean; method: string; bytes: number; user: string; model: string },
  ): RequestRecord {
    const source = (name: string, key?: string): FactValue => {
      if (key !== undefined) return key === "x-team" ? ["a"] : [];
      const known: Readonly<Record<string, FactValue>> = {
        ...facts,
        authenticated: of.authenticated,
        method: of.method,
        "request.bytes": of.bytes,
        user_id: of.user,
        "ai.model": of.model,
      };
      const kind = policyFacts.request[name]?.kind;
      return (
        known[name] ??
        (kind === "int" || kind === "double"
          ? 0
          : kind === "bool"
            ? false
            : kind === "list"
              ? []
              : kind === "lists"
                ? {}
                : "x")
      );
    };
    const notes = takeNotes(source, (text) => Buffer.from(text).toString("hex"));
    const verdict = decide(set, "request", { ...asked, factOf: notes.factOf, holdingOf: notes.holdingOf });
    const told: PolicyRecord = {
      revision: 1,
      route: "chat",
      protocol: "ai",
      facts: notes.facts(standard),
      told: notes.told(),
      decisions: [decisionOf("request", verdict)],
    };
    const record: RequestRecord = {
      id: "r",
      at: asked.now,
      method: of.method,
      path: "/",
      dialect: null,
      keyId: "k",
      keyName: null,
      tenant: "acme",
      model: of.model,
      provider: null,
      upstreamModel: null,
      upstreamDialect: null,
      answerModel: null,
      lane: null,
      isStream: false,
      status: 200,
      outcome: "completed",
      code: null,
      detail: null,
      generation: 1,
      durationMs: 1,
      firstByteMs: null,
      bytesIn: of.bytes,
      bytesOut: 0,
      events: 0,
      finish: null,
      usage: null,
      cost: { nanoUsd: 7, lines: [], source: null },
      warnings: [],
      policy: told,
      attempts: [],
      stages: [],
    };
    // As it comes back from a file.
    const stored: RequestRecord = JSON.parse(JSON.stringify(record));
    return stored;
  }

  it("of the policies in force comes to what was, without a difference and without an unknown", () => {
    fc.assert(
      fc.property(anySet, fc.array(anyFacts, { minLength: 1, maxLength: 5 }), (policies, requests) => {
        const set = setOf(policies);
        const simulation = createSimulation(set);
        for (const request of requests) simulation.add(recorded(set, request));
        expect(simulation.done()).toMatchObject({
          requests: requests.length,
          newlyDenied: 0,
          newlyAllowed: 0,
          changedConstraints: 0,
          unknown: 0,
        });
      }),
      { numRuns: 300 },
    );
  });

  it("tells who would be refused, and guesses nothing of what was not recorded", () => {
    const request = { authenticated: true, method: "POST", bytes: 9, user: "alice", model: "m" };
    const record = recorded(setOf([]), request);
    const run = (when: string) => {
      const simulation = createSimulation(setOf([policy({ id: "new", when, do: { deny: {} } })]));
      simulation.add(record);
      return simulation.done();
    };
    expect(run("method == 'POST'")).toMatchObject({
      newlyDenied: 1,
      costDifferenceNanoUsd: -7,
      by: { policy: [{ name: "new", newlyDenied: 1 }], tenant: [{ name: "acme" }] },
      samples: [{ requestId: "r", change: "newly-denied", policy: "new" }],
    });
    expect(run("header('x-team') == ['a']")).toMatchObject({ newlyDenied: 0, unknown: 1 });
    expect(run("user_id == 'alice'")).toMatchObject({ newlyDenied: 0, unknown: 1 });
    expect(JSON.stringify(record)).not.toContain("alice");
  });
});
