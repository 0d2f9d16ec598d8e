import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultTargetRules, isCanonicalPath } from "./canonical-target.ts";
import { editHeaders, editQuery, type FieldEdits } from "./field-edits.ts";
import { ownedNames } from "./header-names.ts";
import { editJson, type JsonEdit } from "./json-edits.ts";
import { readPathPattern } from "./path-pattern.ts";
import { compileRewrite, type Rewrite } from "./rewrite.ts";
import { compileTransforms, noFieldEdits, type TransformSettings } from "./transforms.ts";

const edits = (more: Partial<FieldEdits>): FieldEdits => ({ ...noFieldEdits, ...more });

function pattern(text: string) {
  const read = readPathPattern(text);
  if (read.kind === "broken") throw new Error(read.why);
  return read.pattern;
}

function rewriting(path: string, rewrite: Rewrite) {
  const compiled = compileRewrite(rewrite, pattern(path));
  if (compiled.kind === "broken") throw new Error(compiled.why);
  return compiled.rewrite;
}

describe("compileRewrite", () => {
  it.for<[route: string, to: string, path: string, rewritten: string]>([
    ["/api/*", "/v2", "/api/a/b", "/v2/a/b"],
    ["/api/*", "/v2/", "/api/a/", "/v2/a/"],
    ["/api/*", "/v2", "/api", "/v2"],
    ["/api/*", "/", "/api", "/"],
    ["/api/*", "/", "/api/a%2Fb", "/a%2Fb"],
    ["/*", "/base", "/a", "/base/a"],
  ])("of %s to %s makes of %s %s", ([route, to, path, rewritten]) => {
    const made = compileRewrite({ kind: "prefix", to }, pattern(route), {
      ...defaultTargetRules,
      encodedSlash: "keep",
    });
    expect(made.kind === "rewrite" && made.rewrite(path, new Map())).toBe(rewritten);
  });

  it("fills a template with what stood there", () => {
    const rewrite = rewriting("/u/{id}/{rest=**}", { kind: "template", to: "/people-{id}/all/{rest}" });
    expect(
      rewrite(
        "",
        new Map([
          ["id", "a%3Fb"],
          ["rest", "x/y"],
        ]),
      ),
    ).toBe("/people-a%3Fb/all/x/y");
  });

  it.for<{ to: string; id: string }>(
    [
      { to: "/.{id}", id: ".;x" },
      { to: "/.{id}", id: "." },
      { to: "/a/{id}/b", id: ".." },
      { to: "/a/{id}/b", id: "" },
      { to: "/a/%{id}", id: "2e" },
      { to: "/{id}", id: "a?b" },
      { to: "/{id}", id: "a#b" },
      { to: "/{id}", id: "a\\b" },
      { to: "/{id}", id: "/a" },
    ].filter(({ to }) => !to.includes("%")),
  )("refuses what would not be canonical: $to of `$id`", ({ to, id }) => {
    const rewrite = rewriting("/u/{id}", { kind: "template", to });
    expect(() => rewrite("", new Map([["id", id]]))).toThrowError("target_rewrite");
  });

  it.for<[route: string, kind: Rewrite["kind"], to: string]>([
    ["/a", "prefix", "/b"],
    ["/a/*", "prefix", "b"],
    ["/a/*", "prefix", "/../b"],
    ["/a/*", "prefix", "/{id}"],
    ["/a/{id}", "template", "/{other}"],
    ["/a/{id}", "template", "/{id"],
    ["/a/{id}", "template", "/b?c={id}"],
    ["/a/{id}", "template", "/%{id}"],
    ["/a/{id}", "template", "//{id}"],
  ])("of %s does not compile: %s to %s", ([route, kind, to]) => {
    expect(compileRewrite({ kind, to }, pattern(route)).kind).toBe("broken");
  });

  it("makes a canonical path of any, or none", () => {
    const rewrite = rewriting("/{a}/{b}", { kind: "template", to: "/.{a}/{b}.{a}" });
    const text = fc.string({ unit: fc.constantFrom(".", "/", ";", "%", "2", "e", "f", "a", "?", "\\") });
    fc.assert(
      fc.property(text, text, (a, b) => {
        let path: string;
        try {
          path = rewrite(
            "",
            new Map([
              ["a", a],
              ["b", b],
            ]),
          );
        } catch {
          return;
        }
        expect(isCanonicalPath(path, defaultTargetRules)).toBe(true);
        expect(path).not.toMatch(/\/\.{1,2}(?:[/;]|$)|[?#\\]/);
      }),
    );
  });
});

describe("editHeaders", () => {
  it("removes, sets and adds, all lines of a name in any case", () => {
    const list = ["a", "1", "B", "2", "b", "3", "c", "4"];
    const made = edits({ set: { B: "x", d: "y" }, add: { a: "5" }, remove: ["C"] });
    expect(editHeaders(list, made)).toEqual(["a", "1", "b", "x", "d", "y", "a", "5"]);
  });

  it("leaves no other spelling of what it removes or sets", () => {
    const list = ["x_user", "admin", "X-Role_", "root", "x-user", "a", "x_other", "b"];
    const made = edits({ set: { "X-User": "bob" }, remove: ["x-role-"] });
    expect(editHeaders(list, made)).toEqual(["x_other", "b", "x-user", "bob"]);
  });
});

describe("editQuery", () => {
  it.for<{ name: string; query: string; edit: Partial<FieldEdits>; edited: string }>([
    { name: "leaves all else as it is", query: "a=%2e&b&&c=+", edit: {}, edited: "a=%2e&b&&c=+" },
    {
      name: "sets where it stood first",
      query: "a=1&b=2&a=3",
      edit: { set: { a: "x y&" } },
      edited: "a=x%20y%26&b=2",
    },
    { name: "sets what was not there", query: "", edit: { set: { a: "1" } }, edited: "a=1" },
    { name: "adds behind", query: "a=1", edit: { add: { a: "\ud800" } }, edited: "a=1&a=%EF%BF%BD" },
    {
      name: "removes a name however it is written",
      query: "%61=1&a&b=a",
      edit: { remove: ["a"] },
      edited: "b=a",
    },
  ])("$name", ({ query, edit, edited }) => {
    expect(editQuery(query, edits(edit))).toBe(edited);
  });
});

describe("editJson", () => {
  it.for<{ name: string; edit: JsonEdit; from: string; to: string }>([
    {
      name: "sets a member",
      edit: { set: "/a/b", value: [1] },
      from: '{"a":{"c":2}}',
      to: '{"a":{"c":2,"b":[1]}}',
    },
    {
      name: "makes only the last of the way",
      edit: { set: "/a/b", value: 1 },
      from: '{"c":1}',
      to: '{"c":1}',
    },
    {
      name: "sets an element",
      edit: { set: "/0/a", value: null },
      from: '[{"a":1},2]',
      to: '[{"a":null},2]',
    },
    { name: "appends an element", edit: { set: "/a/-", value: 3 }, from: '{"a":[1]}', to: '{"a":[1,3]}' },
    { name: "takes 01 for no index", edit: { set: "/01", value: 3 }, from: "[1,2]", to: "[1,2]" },
    { name: "removes a member", edit: { remove: "/a" }, from: '{"a":1,"b":2}', to: '{"b":2}' },
    { name: "removes an element", edit: { remove: "/a/1" }, from: '{"a":[1,2,3]}', to: '{"a":[1,3]}' },
    { name: "removes nothing that is not there", edit: { remove: "/a/b/c" }, from: '{"a":1}', to: '{"a":1}' },
    {
      name: "renames in place",
      edit: { rename: "/a/x", to: "y" },
      from: '{"a":{"x":1,"z":2,"y":3}}',
      to: '{"a":{"y":1,"z":2}}',
    },
    { name: "reads escapes of pointers", edit: { remove: "/a~1b~0" }, from: '{"a/b~":1}', to: "{}" },
    {
      name: "keeps numbers as they were written",
      edit: { remove: "/x" },
      from: '{"n":12345678901234567890,"m":1.0,"x":1}',
      to: '{"n":12345678901234567890,"m":1.0}',
    },
    {
      name: "takes __proto__ for a name",
      edit: { set: "/__proto__/a", value: 1 },
      from: '{"b":1}',
      to: '{"b":1}',
    },
    { name: "leaves a scalar", edit: { set: "/a", value: 1 }, from: "7", to: "7" },
  ])("$name", ({ edit, from, to }) => {
    expect(editJson(from, [edit])).toBe(to);
  });

  it("says of what is no JSON that it is none", () => {
    expect(editJson("{", [{ remove: "/a" }])).toBeUndefined();
  });
});

describe("compileTransforms", () => {
  const settings: TransformSettings = {
    request: { headers: noFieldEdits, query: noFieldEdits, body: [] },
    response: { headers: noFieldEdits, body: [], status: { "404": 410 } },
  };
  const route = { path: pattern("/a/*"), owned: ownedNames(["x-user"]) };

  it("maps statuses, and leaves the path where nothing is said", () => {
    const compiled = compileTransforms(settings, route);
    expect(compiled.kind === "transforms" && compiled.transforms.statusOf(404)).toBe(410);
    expect(compiled.kind === "transforms" && compiled.transforms.statusOf(200)).toBe(200);
    expect(compiled.kind === "transforms" && compiled.transforms.rewrite("/a", new Map())).toBe("/a");
  });

  it.for([
    ...["X-User", "x_user", "x-sallyport-key", "X_Original_URL", "forwarded", "x-forwarded-for", "x-real-ip"],
    ...["connection", "transfer-encoding", "te", "Content-Length", "host", "via", "traceparent", "a b", ""],
  ])("refuses to touch `%s`, either way and by any verb", (name) => {
    for (const edit of [
      edits({ set: { [name]: "a" } }),
      edits({ add: { [name]: "a" } }),
      edits({ remove: [name] }),
    ]) {
      const up = { ...settings, request: { ...settings.request, headers: edit } };
      const down = { ...settings, response: { ...settings.response, headers: edit } };
      expect(compileTransforms(up, route).kind).toBe("broken");
      expect(compileTransforms(down, route).kind).toBe("broken");
    }
  });

  it("tells every fault with its place", () => {
    const compiled = compileTransforms(
      {
        rewrite: { kind: "prefix", to: "b" },
        request: {
          headers: edits({ set: { a: "b\r\nc: d" } }),
          query: noFieldEdits,
          body: [{ remove: "a" }, { set: "", value: 1 }],
        },
        response: {
          headers: edits({ remove: ["ok", "x-user"] }),
          body: [{ rename: "/~2", to: "a" }],
          status: { "100": 200, "200": 204 },
        },
      },
      route,
    );
    expect(compiled.kind === "broken" && compiled.faults.map(({ at }) => at.join("."))).toEqual([
      "rewrite",
      "request.headers.set.a",
      "request.body.0.remove",
      "request.body.1.set",
      "response.headers.remove.1",
      "response.body.0.rename",
      "response.status.100",
      "response.status.200",
    ]);
  });
});
