import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FactOf, FactSchema, FactValue, RuleWorld } from "../../ports/expressions.ts";
import { environmentWith } from "./environment.ts";
import { createExpressions } from "./expressions.ts";
import { childrenOf } from "./look.ts";
import { lookIntoRule } from "./look-rule.ts";
import { createRunning, type Running, registerFunctions } from "./rule-functions.ts";

const facts: FactSchema = {
  "request.method": { kind: "text", about: "method" },
  "request.ip": { kind: "text", about: "address" },
  "request.bytes": { kind: "int", about: "bytes" },
  "request.headers": {
    kind: "lists",
    about: "headers",
    sizeMax: 100,
    keys: { pattern: /^[^A-Z]+$/, rule: "small letters" },
  },
  authenticated: { kind: "bool", about: "known" },
  endpoint: { kind: "text", about: "path" },
  "auth.roles": { kind: "list", about: "roles", sizeMax: 64 },
  "auth.claims": { kind: "lists", about: "claims", sizeMax: 64 },
  "cost.worst_usd": { kind: "double", about: "cost" },
};
const lists = new Map([["blocked", new Set(["10.9.9.9", "evil"])]]);
const world: RuleWorld = { facts, lists };
const known: Readonly<Record<string, FactValue>> = {
  "request.method": "POST",
  "request.ip": "10.1.2.3",
  "request.bytes": 2000,
  "request.headers": { "x-team": ["blue", "red"], accept: ["*/*"] },
  authenticated: true,
  endpoint: "/v1/chat/completions",
  "auth.roles": ["admin", "dev"],
  "auth.claims": { groups: ["a", "b"] },
  "cost.worst_usd": 0.5,
};
const isLists = (value: FactValue | undefined): value is Readonly<Record<string, readonly string[]>> =>
  typeof value === "object" && !Array.isArray(value);
const factOf: FactOf = (name, key) => {
  const value = known[name];
  if (key === undefined) return value ?? "";
  return isLists(value) ? (value[key] ?? []) : [];
};
const { compileRule } = createExpressions();

function holding(text: string): unknown {
  const compiled = compileRule(text, world);
  return compiled.kind === "rule" ? compiled.condition(factOf) : `${compiled.at}: ${compiled.message}`;
}

describe("rules", () => {
  it.for<[string, boolean]>([
    ["authenticated", true],
    ["!authenticated || request.method == 'POST'", true],
    ["'admin' in auth.roles && !('owner' in auth.roles)", true],
    ["auth.roles.exists(role, role.startsWith('ad'))", true],
    ["auth.roles.exists(role, role == 'x') || auth.roles.all(role, role.matches('^(admin|dev)$'))", true],
    ["header('x-none').all(one, false) && !header('x-none').exists(one, true)", true],
    ["auth.roles.all(role, size(role) == 3)", false],
    ["size(auth.roles.filter(role, role != 'dev')) == 1", true],
    ["header('x-team') == ['blue', 'red']", true],
    ["'red' in header('x-team')", true],
    ["'red' in header('X-TEAM'.lowerAscii())", true],
    ["size(header('x-none')) == 0", true],
    ["request.headers['x-team'][1] == 'red'", true],
    ["'x-team' in request.headers && !('x-none' in request.headers)", true],
    ["request.headers.exists(name, name.matches('^x-'))", true],
    ["has(auth.claims.groups) && !has(auth.claims.team)", true],
    ["'b' in auth.claims.groups", true],
    ["inCidr(request.ip, '10.0.0.0/8') && !inCidr(request.ip, '10.2.0.0/16')", true],
    ["inCidr(endpoint, '10.0.0.0/8')", false],
    ["glob(endpoint, '/v1/*/completions')", true],
    ["inList('blocked', request.ip)", false],
    ["inList('blocked', 'evil')", true],
    ["endpoint.matches('chat')", true],
    ["endpoint.matches('^chat')", false],
    ["request.bytes > 1999 && request.bytes % 2 == 0", true],
    ["cost.worst_usd * 2.0 >= 1.0 && cost.worst_usd < 1.0", true],
    ["endpoint.split('/')[1] == 'v1'", true],
    ["(authenticated ? 'a' : 'b') == 'a'", true],
  ])("%s", ([text, isTrue]) => {
    expect(holding(text)).toEqual({ isTrue });
  });

  it.for<[string, string]>([
    ["autenticated", "1: `autenticated` is no fact; did you mean `authenticated`?"],
    ["request.metod == 'x'", "1: `request.metod` is no fact; did you mean `request.method`?"],
    ["authenticated && auth.rolls == []", "18: `auth.rolls` is no fact; did you mean `auth.roles`?"],
    ["request.headers['X-Team'] == []", "1: `request.headers` is asked as small letters"],
    ["endpoint.match('x')", "1: `match` is no function of rules; did you mean `matches`?"],
    ["endpoint.matches(request.ip)", "18: a text must stand here"],
    [`endpoint.matches('${"a".repeat(1025)}')`, "18: a pattern has at most 1024 bytes, and this has 1025"],
    ["endpoint.matches('(a)\\\\1')", "18: the pattern is none"],
    ["inCidr(request.ip, '10.0.0.0/99')", "20: `10.0.0.0/99` is no network"],
    ["inList('bloked', request.ip)", "8: `bloked` is no list; did you mean `blocked`?"],
    ["auth.roles.exists(auth, auth == 'x')", "19: `auth` is a fact already"],
    ["auth.roles.exists(role, rle == 'x')", "25: `rle` is no fact"],
    ["cel.bind(x, 1, x > 0)", "1: `bind` is no function"],
    ["endpoint.size.x == 1", "1: `endpoint` has no parts"],
    ["has(authenticated)", "5: `has` asks for a key"],
    ["endpoint", "1: it comes to `string`, and must be true or false"],
    ["request.bytes == 'x'", "1: no such overload: int == string"],
    ["request.bytes >", "16: unexpected token"],
    ["{'a': 1} == {'a': 1}", "1: maps are not for rules"],
    [
      "request.headers.exists(a, request.headers.exists(b, a == b))",
      "1: it may take 90402 steps, and at most 10000 are taken",
    ],
  ])("not %s", ([text, says]) => {
    expect(holding(text)).toEqual(expect.stringContaining(says));
  });

  it("ask the lists that they were compiled with, however often their text was compiled with others", () => {
    const other: RuleWorld = { facts, lists: new Map([["blocked", new Set(["10.1.2.3"])]]) };
    const [before, behind] = [world, other].map((of) => compileRule("inList('blocked', request.ip)", of));
    if (before?.kind !== "rule" || behind?.kind !== "rule") throw new Error("no rule");
    expect([before.condition(factOf).isTrue, behind.condition(factOf).isTrue]).toEqual([false, true]);
    const slow = [world, other].map((of) =>
      compileRule("inList('blocked', request.ip) ? true : endpoint.matches('^/none')", of),
    );
    expect(slow.map((one) => one.kind === "rule" && one.condition(factOf).isTrue)).toEqual([false, true]);
  });

  it("tell what they read, and read no more", () => {
    const compiled = compileRule(
      "authenticated || header('x-team') == [] || 'a' in auth.claims.groups",
      world,
    );
    if (compiled.kind === "problem") throw new Error(compiled.message);
    expect(compiled.reads).toEqual([
      { name: "authenticated" },
      { name: "request.headers", key: "x-team" },
      { name: "auth.claims", key: "groups" },
    ]);
  });

  it("do not hold where a fact cannot be told, and say why", () => {
    const compiled = compileRule("request.bytes > 1", world);
    if (compiled.kind === "problem") throw new Error(compiled.message);
    const gone: FactOf = () => {
      throw new Error("not known");
    };
    expect(compiled.condition(gone)).toEqual({ isTrue: false, fault: "not known" });
    expect(holding("auth.claims['none'] == []")).toEqual({
      isTrue: false,
      fault: expect.stringContaining("none"),
    });
  });
});

describe("rules as functions", () => {
  const term = fc.constantFrom(
    ...[
      "authenticated",
      "request.method == 'POST'",
      "endpoint != 'x'",
      "request.bytes > 1999",
      "request.bytes <= 3",
    ],
    ...["'admin' in auth.roles", "endpoint in ['a', '/v1/chat/completions']", "endpoint.contains('chat')"],
    ...[
      "cost.worst_usd < 1.0",
      "size(auth.roles) == 2",
      "'red' in header('x-team')",
      "endpoint.matches('c.at')",
      "auth.roles.exists(role, role == endpoint || role.startsWith('ad'))",
      "header('x-team').all(team, team in ['blue', 'red'] && team != request.method)",
    ],
    ...["inCidr(request.ip, '10.0.0.0/8')", "glob(endpoint, '/v1/*')", "inList('blocked', 'evil')", "true"],
    ...[
      "endpoint.startsWith('/v1')",
      "endpoint.endsWith('x')",
      "request.bytes >= 2000.0",
      "request.ip == endpoint",
    ],
  );
  const { rule } = fc.letrec<{ rule: string }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3 },
      term,
      tie("rule").map((of) => `!(${of})`),
      fc
        .tuple(tie("rule"), fc.constantFrom("&&", "||"), tie("rule"))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
    ),
  }));

  it("say what the library says", () => {
    fc.assert(
      fc.property(rule, (text) => {
        // A choice is none of what is made a function.
        const [quick, slow] = [holding(text), holding(`(${text}) ? true : false`)];
        if (typeof quick === "string" || typeof slow === "string") expect(typeof slow).toBe("string");
        else expect(quick).toEqual(slow);
      }),
      { numRuns: 300 },
    );
  });
});

describe("patterns", () => {
  it("take no more steps for a hostile text than the text is long", () => {
    const compiled = compileRule("endpoint.matches('^(a+)+$') ? true : false", world);
    if (compiled.kind === "problem") throw new Error(compiled.message);
    // A backtracking engine would take 2^4000 steps for this: that it ends at all is the proof.
    expect(compiled.condition(() => `${"a".repeat(4000)}!`)).toEqual({ isTrue: false });
    const quick = compileRule("endpoint.matches('^(a+)+$')", world);
    if (quick.kind === "problem") throw new Error(quick.message);
    expect(quick.condition(() => `${"a".repeat(4000)}!`)).toEqual({ isTrue: false });
    expect(quick.condition(() => "aaa")).toEqual({ isTrue: true });
  });
});

describe("the cost of a rule", () => {
  /** How many nodes of its tree were evaluated. */
  function stepsOf(text: string, environment: Environment, running: Running): readonly [number, number] {
    const parsed = environment.parse(text);
    const { cost, problem } = lookIntoRule(parsed.ast, world, running);
    if (problem !== undefined) throw new Error(problem.message);
    const { error } = parsed.check();
    if (error !== undefined) throw error;
    let steps = 0;
    const seen = new Set<ASTNode>();
    const count = (node: ASTNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      const evaluate: unknown = Reflect.get(node, "evaluate");
      if (typeof evaluate === "function")
        Reflect.set(node, "evaluate", (...given: unknown[]): unknown => {
          steps += 1;
          return Reflect.apply(evaluate, node, given);
        });
      childrenOf(node).forEach(count);
    };
    count(parsed.ast);
    const names = Array.from({ length: 100 }, (_, index) => `h${index}`);
    const headers = Object.fromEntries(names.map((name) => [name, ["v"]]));
    running.headers = headers;
    parsed({
      request: { method: "POST", ip: "10.0.0.1", bytes: 1n, headers },
      authenticated: true,
      endpoint: "x".repeat(8192),
      auth: { roles: names.slice(0, 64), claims: { groups: names.slice(0, 64) } },
      cost: { worst_usd: 1 },
    });
    return [steps, cost];
  }

  it.for([
    "authenticated && request.method == 'POST' || endpoint == 'x'",
    "auth.roles.exists(role, role == 'none' || role == 'x')",
    "auth.roles.all(role, role.startsWith('h') && role != 'z')",
    "request.headers.exists(name, size(header(name)) > 1)",
    "size(auth.roles.filter(role, role != 'dev')) == 1",
    "size(auth.roles.map(role, role + 'x')) == 1",
    "auth.roles.map(role, role + 'x').exists(made, made == 'q')",
    "endpoint.split('x').exists_one(c, true)",
    "'none' in auth.roles || 'none' in auth.claims.groups",
  ])("bounds its steps: %s", (text) => {
    const running = createRunning(lists);
    const environment = environmentWith(facts, {});
    registerFunctions(environment, running);
    const [steps, cost] = stepsOf(text, environment, running);
    expect(steps).toBeGreaterThan(1);
    expect(steps).toBeLessThanOrEqual(cost);
  });
});
