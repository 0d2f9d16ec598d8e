import { describe, expect, it } from "vitest";
import { problemsOf } from "./parse.test-support.ts";

/** A route of these fields, from line 3 on. */
const withRoute = (fields: string): string =>
  `services: { s: { baseUrl: "http://127.0.0.1:1" } }\nroutes:\n  r: { service: s, ${fields} }\n`;

describe("a route to a service", () => {
  it.for([
    `path: /a/*, rewrite: /b/*, when: 'http.method == "GET" && header["x-a"] != ""'`,
    `path: "/u/{id}", rewrite: "/v/{id}", request: { headers: { set: { x-a: b }, remove: [cookie] } }`,
    `path: /a, response: { status: { 404: 410 }, body: { rename: { /a: b }, remove: [/c], set: { /d: 1 } } }`,
    `path: /a, protocol: websocket, websocket: { mode: inspect }, request: { query: { set: { a: b } } }`,
    `path: /a, protocol: grpc, rewrite: /b, request: { headers: { set: { x-a: b } } }`,
    `path: "/u/{id}", request: { headers: { compute: { x-a: 'captured["id"] + key.name' } }, body: { compute: { /a: 'size(http.path)' } } }`,
  ])("is taken: %s", (fields) => {
    expect(problemsOf(withRoute(fields))).toEqual([]);
  });

  it.for<readonly [fields: string, ...problems: string[]]>([
    [
      `path: /a, websocket: { mode: inspect }`,
      "3:30 `websocket` does nothing on a route whose `protocol` is `rest`",
    ],
    [
      `path: /a, protocol: grpc, request: { body: { remove: [/b] } }`,
      "3:57 `request.body` does nothing on a route whose `protocol` is `grpc`",
    ],
    [
      `path: /a, protocol: graphql, request: { headers: { remove: [x-a] } }`,
      "3:49 `request` does nothing on a route whose `protocol` is `graphql`",
    ],
    [`path: /a/../b`, "3:26 the path `/a/../b` is not in canonical form"],
    [`path: /a*b`, "3:26 the path `/a*b` has `a*b`, which is neither text nor `{name}`"],
    [
      `path: /a, rewrite: /b/*`,
      "3:39 the rewrite `/b/*` replaces a prefix, and the route's path has none (`/a/*`)",
    ],
    [
      `path: "/u/{id}", rewrite: "/v/{name}"`,
      "3:46 the rewrite `/v/{name}` names `{name}`, which the route's path does not",
    ],
    [
      `path: /a, request: { headers: { set: { x-sallyport-a: b } } }`,
      "3:59 `x-sallyport-a` is a name that the gateway owns",
    ],
    [
      `path: /a, request: { headers: { remove: [cookie, X_Forwarded_For] } }`,
      "3:69 `X_Forwarded_For` is a name that the gateway owns",
    ],
    [
      `path: /a, response: { headers: { add: { content-length: "1" } } }`,
      "3:60 `content-length` is made by the gateway itself",
    ],
    [
      `path: /a, response: { status: { 204: 200 } }`,
      "3:52 `204` is no final status whose answer may have a body",
    ],
    [
      `path: /a, when: 'http.methud == "GET"'`,
      '3:36 the condition `http.methud == "GET"` is wrong at character 1: `http.methud` is no fact; did you mean `http.method`?',
    ],
    [
      `path: /a, request: { headers: { set: { a: b }, compute: { a: http.path, x-sallyport-b: http.path, c: http.pth } } }`,
      "3:81 `a` is set as well",
      "3:107 `x-sallyport-b` is a name that the gateway owns",
      "3:121 `c` is wrong at character 1: `http.pth` is no fact; did you mean `http.path`?",
    ],
    [
      `path: /a/.., when: 'http.path > 3'`,
      "3:26 the path `/a/..` is not in canonical form",
      "3:39 the condition `http.path > 3` is wrong at character 1: no such overload: string > int",
    ],
  ])("is refused: %s", ([fields, ...problems]) => {
    expect(problemsOf(withRoute(fields))).toEqual(problems);
  });
});
