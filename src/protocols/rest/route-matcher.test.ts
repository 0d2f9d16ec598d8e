import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldRule } from "./field-rule.ts";
import { canonicalHost } from "./host.ts";
import { type PathPattern, readPathPattern } from "./path-pattern.ts";
import { createRouteMatcher, type RouteRequest, type RouteRule } from "./route-matcher.ts";

function pattern(text: string): PathPattern {
  const read = readPathPattern(text);
  if (read.kind === "broken") throw new Error(`${text} ${read.why}`);
  return read.pattern;
}

function route(id: string, path: string, more: Partial<RouteRule> = {}): RouteRule {
  return {
    id,
    hosts: [],
    path: pattern(path),
    methods: [],
    headers: [],
    query: [],
    ignoreTrailingSlash: false,
    ...more,
  };
}

function ask(path: string, more: Partial<RouteRequest> & { readonly at?: string } = {}): RouteRequest {
  const host = canonicalHost(more.at ?? "gate.example") ?? { host: "", hostname: "" };
  return { ...host, method: "GET", path, query: "", rawHeaders: [], ...more };
}

const idsOf = (rules: readonly RouteRule[], request: RouteRequest) =>
  createRouteMatcher(rules)
    .match(request)
    .map(({ rule }) => rule.id);

describe("readPathPattern", () => {
  it.for<{ text: string; kind: PathPattern["kind"]; literalBytes: number }>([
    { text: "/", kind: "exact", literalBytes: 1 },
    { text: "/a/b", kind: "exact", literalBytes: 4 },
    { text: "/a/", kind: "exact", literalBytes: 3 },
    { text: "/*", kind: "prefix", literalBytes: 0 },
    { text: "/a/*", kind: "prefix", literalBytes: 2 },
    { text: "/users/{id}/posts", kind: "template", literalBytes: 12 },
    { text: "/users/{id=*}", kind: "template", literalBytes: 6 },
    { text: "/files/{rest=**}", kind: "template", literalBytes: 6 },
    { text: "/a%2Fb", kind: "exact", literalBytes: 6 },
  ])("reads $text as $kind", ({ text, kind, literalBytes }) => {
    expect(pattern(text)).toMatchObject({ text, kind, literalBytes });
  });

  it.for([
    "",
    "a",
    "/a//b",
    "/../a",
    "/a*",
    "/*/a",
    "/a/{b",
    "/{a}/{a}",
    "/{a=**}/b",
    "/v{a}",
    "/%61",
    "/a?b",
    "/ä",
    "/{1}",
  ])("does not read `%s`", (text) => {
    expect(readPathPattern(text).kind).toBe("broken");
  });
});

describe("createRouteMatcher", () => {
  it.for<{ name: string; path: string; takes: readonly string[]; leaves: readonly string[] }>([
    { name: "exact", path: "/a/b", takes: ["/a/b"], leaves: ["/a/b/", "/a", "/a/b/c", "/a/B", "/a/bc"] },
    {
      name: "a prefix of whole segments",
      path: "/a/*",
      takes: ["/a", "/a/", "/a/b/c"],
      leaves: ["/ab", "/"],
    },
    { name: "everything", path: "/*", takes: ["/", "/a/b/"], leaves: [] },
    {
      name: "a template",
      path: "/users/{id}/posts",
      takes: ["/users/1/posts", "/users/a%2Fb/posts"],
      leaves: ["/users//posts", "/users/1/2/posts", "/users/1/posts/"],
    },
    { name: "a template of the rest", path: "/f/{r=**}", takes: ["/f", "/f/", "/f/a/b"], leaves: ["/fa"] },
    { name: "a template with a rest", path: "/u/{id}/*", takes: ["/u/1", "/u/1/2/3"], leaves: ["/u", "/u/"] },
    { name: "`*` of OPTIONS is no path", path: "/*", takes: [], leaves: ["*"] },
  ])("$name", ({ path, takes, leaves }) => {
    for (const taken of takes) expect(idsOf([route("r", path)], ask(taken)), taken).toEqual(["r"]);
    for (const left of leaves) expect(idsOf([route("r", path)], ask(left)), left).toEqual([]);
  });

  it("names what stood there, as it stands in the path", () => {
    const matcher = createRouteMatcher([route("r", "/u/{id}/f/{rest=**}"), route("p", "/u/*")]);
    const captures = matcher.match(ask("/u/a%2Fb/f/x/y/")).map((match) => [...match.captures]);
    expect(captures).toEqual([
      [
        ["id", "a%2Fb"],
        ["rest", "x/y/"],
      ],
      [],
    ]);
  });

  it("takes a final slash as none where it does not count", () => {
    const loose = { ignoreTrailingSlash: true };
    const rules = [
      route("a", "/a", loose),
      route("b", "/b/", loose),
      route("t", "/t/{id}", loose),
      route("/", "/", loose),
    ];
    const taken = ["/a", "/a/", "/b", "/b/", "/t/1", "/t/1/", "/"].map((path) => idsOf(rules, ask(path)));
    expect(taken.flat()).toEqual(["a", "a", "b", "b", "t", "t", "/"]);
    expect(idsOf(rules, ask("/a//"))).toEqual([]);
  });

  it("prefers the host, then the literal path, then the conditions, then who stands first", () => {
    const rules = [
      route("any-exact", "/a/b"),
      route("wild-prefix", "/a/*", { hosts: ["*.example"] }),
      route("narrow-wild", "/*", { hosts: ["*.gate.example"] }),
      route("port", "/*", { hosts: ["x.gate.example:7227"] }),
      route("first", "/a/*", { hosts: ["x.gate.example"] }),
      route("second", "/a/*", { hosts: ["X.Gate.Example"] }),
      route("with-method", "/a/*", { hosts: ["x.gate.example"], methods: ["GET"] }),
      route("with-both", "/a/*", {
        hosts: ["x.gate.example"],
        methods: ["GET"],
        headers: [{ name: "x", is: "absent" }],
      }),
      route("template", "/a/{id}", { hosts: ["x.gate.example"] }),
      route("exact", "/a/b", { hosts: ["x.gate.example", "*.gate.example"] }),
    ];
    expect(idsOf(rules, ask("/a/b", { at: "x.gate.example:7227" }))).toEqual([
      ...["port", "exact", "template", "with-both", "with-method", "first", "second"],
      ...["narrow-wild", "wild-prefix", "any-exact"],
    ]);
    expect(idsOf(rules, ask("/a/b", { at: "gate.example" }))).toEqual(["wild-prefix", "any-exact"]);
    expect(idsOf(rules, ask("/a/b", { at: "[::1]:80" }))).toEqual(["any-exact"]);
  });

  it.for<{ rule: FieldRule; takes: readonly (readonly string[])[]; leaves: readonly (readonly string[])[] }>([
    { rule: { name: "X", is: "present" }, takes: [["x"], ["x", "y"], [""]], leaves: [[]] },
    { rule: { name: "X", is: "absent" }, takes: [[]], leaves: [["x"], [""]] },
    {
      rule: { name: "X", is: "exact", text: "a" },
      takes: [["a"], ["a", "a"]],
      leaves: [[], ["b"], ["a", "b"], ["A"]],
    },
    {
      rule: { name: "X", is: "glob", text: "a*c" },
      takes: [["ac"], ["abc"]],
      leaves: [[], ["abd"], ["ac", "d"]],
    },
  ])("by header and by parameter, all values count: $rule.is", ({ rule, takes, leaves }) => {
    const headers = (values: readonly string[]) =>
      idsOf(
        [route("r", "/a", { headers: [rule] })],
        ask("/a", { rawHeaders: values.flatMap((value) => ["x", value]) }),
      );
    const query = (values: readonly string[]) =>
      idsOf(
        [route("r", "/a", { query: [{ ...rule, name: "é x" }] })],
        ask("/a", { query: values.map((value) => `%C3%A9+x=${value}`).join("&") }),
      );
    for (const values of takes) expect([headers(values), query(values)], `${values}`).toEqual([["r"], ["r"]]);
    for (const values of leaves) expect([headers(values), query(values)], `${values}`).toEqual([[], []]);
  });

  it("tells which methods a path takes when it does not take the one that came", () => {
    const matcher = createRouteMatcher([
      route("a", "/a", { methods: ["POST", "GET"] }),
      route("b", "/a", { methods: ["GET", "PUT"] }),
      route("c", "/a", { methods: ["DELETE"], hosts: ["other.example"] }),
      route("d", "/a", { methods: ["PATCH"], headers: [{ name: "x", is: "present" }] }),
    ]);
    expect(matcher.match(ask("/a", { method: "HEAD" }))).toEqual([]);
    expect(matcher.allowed(ask("/a", { method: "HEAD" }))).toEqual(["GET", "POST", "PUT"]);
    expect(matcher.allowed(ask("/b"))).toEqual([]);
  });

  const paths = [
    "/",
    "/a",
    "/a/",
    "/a/b",
    "/a/b/c",
    "/b",
    "/a/*",
    "/a/b/*",
    "/*",
    "/{x}",
    "/a/{x}",
    "/{x}/b",
    "/a/{x}/{y}",
    "/{x}/{y=**}",
    "/a/{r=**}",
  ];
  const hosts = ["x.example", "*.example", "*.x.example", "x.example:80", "y.x.example"];
  const rule = fc.record({
    path: fc.constantFrom(...paths).map(pattern),
    hosts: fc.uniqueArray(fc.constantFrom(...hosts), { maxLength: 3 }),
    methods: fc.uniqueArray(fc.constantFrom("GET", "POST"), { maxLength: 2 }),
    headers: fc.constantFrom<readonly FieldRule[]>([], [], [{ name: "x", is: "present" }]),
    query: fc.constantFrom<readonly FieldRule[]>([], [], [{ name: "q", is: "exact", text: "1" }]),
    ignoreTrailingSlash: fc.boolean(),
  });
  const asked = fc.record({
    path: fc
      .array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.join("/")}`),
    at: fc.constantFrom("x.example", "x.example:80", "y.x.example", "z.y.x.example", "example", "other"),
    method: fc.constantFrom("GET", "POST"),
    rawHeaders: fc.constantFrom([], ["X", "1"]),
    query: fc.constantFrom("", "q=1", "q=1&q=2"),
  });

  it("answers as one does who goes through all the rules", () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 12 }), asked, (drawn, { path, ...more }) => {
        const rules = drawn.map((one, index) => ({ ...one, id: `${index}` }));
        const request = ask(path, more);
        const matches = createRouteMatcher(rules).match(request);
        found += matches.length;
        expect(matches.map((match) => match.rule.id)).toEqual(linear(rules, request));
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(400);
  });
});

/** The same by regular expressions, rule for rule. */
function linear(rules: readonly RouteRule[], request: RouteRequest): readonly string[] {
  const scored = rules.flatMap((rule, order) => {
    const host = hostScore(rule, request);
    const fits =
      host >= 0 &&
      regexOf(rule).test(request.path) &&
      (rule.methods.length === 0 || rule.methods.includes(request.method)) &&
      (rule.headers.length === 0 || request.rawHeaders.length > 0) &&
      (rule.query.length === 0 || request.query === "q=1");
    const literal = rule.path.segments
      .map((one) => (one.kind === "literal" ? `/${one.text}` : ""))
      .join("").length;
    const kind = ["prefix", "template", "exact"].indexOf(rule.path.kind);
    const conditions = Number(rule.methods.length > 0) + rule.headers.length + rule.query.length;
    return fits ? [{ id: rule.id, score: [host, literal, kind, conditions, -order] }] : [];
  });
  return scored
    .toSorted((one, other) => {
      const at = one.score.findIndex((value, index) => value !== other.score[index]);
      return (other.score[at] ?? 0) - (one.score[at] ?? 0);
    })
    .map(({ id }) => id);
}

function hostScore({ hosts }: RouteRule, { host, hostname }: RouteRequest): number {
  if (hosts.length === 0) return 0;
  const scores = hosts.map((name) => {
    if (name.startsWith("*.")) return hostname.endsWith(name.slice(1)) ? name.length : -1;
    if (name === hostname) return 1000;
    return name === host ? 1001 : -1;
  });
  return Math.max(...scores);
}

function regexOf({ path, ignoreTrailingSlash }: RouteRule): RegExp {
  const last = path.segments.at(-1);
  const pieces = path.segments.map((segment) => {
    if (segment.kind === "literal") return `/${segment.text}`;
    return segment.kind === "one" ? "/[^/]+" : "(?:/.*)?";
  });
  const text = pieces.join("");
  if (!ignoreTrailingSlash || last?.kind === "rest" || text === "/") return new RegExp(`^${text}$`);
  return new RegExp(`^${text.replace(/\/$/, "")}/?$`);
}
