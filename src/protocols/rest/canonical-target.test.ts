import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { canonicalTarget } from "./canonical-target.ts";

const host = "gate.example:7227";

describe("canonicalTarget", () => {
  it.for<{ name: string; target: string; path: string; query?: string }>([
    { name: "a plain path stays", target: "/v1/messages", path: "/v1/messages" },
    {
      name: "the query stays as sent",
      target: "/v1/messages?beta=true&x=%2e",
      path: "/v1/messages",
      query: "beta=true&x=%2e",
    },
    {
      name: "empty segments collapse, since SDKs append to base URLs that end in a slash",
      target: "//v1///models",
      path: "/v1/models",
    },
    { name: "a final slash counts", target: "/v1/models/", path: "/v1/models/" },
    { name: "unreserved triples are decoded once", target: "/%76%31/%7Euser", path: "/v1/~user" },
    { name: "what is decoded once is not decoded twice", target: "/a/%252e%252e/b", path: "/a/%252e%252e/b" },
    { name: "other triples keep their escape, in upper case", target: "/a%3fb%c3%a4", path: "/a%3Fb%C3%A4" },
    { name: "dot segments are removed, escaped ones too", target: "/a/b/%2e%2e/./c", path: "/a/c" },
    { name: "a final dot segment leaves its slash", target: "/a/b/..", path: "/a/" },
    {
      name: "absolute form of this host is reduced",
      target: `http://${host}/v1/models?a=1`,
      path: "/v1/models",
      query: "a=1",
    },
    { name: "absolute form without path is the root", target: `http://${host}`, path: "/" },
  ])("$name", ({ target, path, query }) => {
    expect(canonicalTarget(target, host)).toEqual({ path, query: query ?? "" });
  });

  it.for<{ name: string; target: string; code?: string }>([
    { name: "climbing above the root", target: "/../etc/passwd" },
    { name: "an escaped climb above the root", target: "/%2e%2e/x" },
    { name: "an encoded slash, which parsers read differently", target: "/a%2fb" },
    { name: "an encoded backslash", target: "/a%5Cb" },
    { name: "an encoded NUL", target: "/a%00" },
    { name: "a backslash", target: "/a\\b" },
    { name: "a fragment", target: "/a#b" },
    { name: "a space", target: "/a b" },
    { name: "a byte above ASCII", target: "/ä" },
    { name: "a broken triple", target: "/a%2" },
    { name: "a broken triple in the query", target: "/a?b=%zz" },
    { name: "a dot segment with parameters", target: "/a/..;x/b" },
    { name: "asterisk form", target: "*" },
    { name: "another host in absolute form", target: "http://evil.example/v1/models" },
    { name: "too many segments", target: `/${"a.b/.%61/".repeat(200)}` },
    { name: "a path of more than 8 KiB", target: `/${"a".repeat(8192)}`, code: "uri_too_long" },
    { name: "a query of more than 16 KiB", target: `/?${"a".repeat(16_385)}`, code: "uri_too_long" },
  ])("refuses $name", ({ target, code }) => {
    let thrown: unknown;
    try {
      canonicalTarget(target, host);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(GatewayError.from(thrown).code).toBe(code ?? "malformed_request");
  });

  it("is idempotent, and what it returns holds no dot segment and no empty one", () => {
    const piece = fc.constantFrom(
      "a",
      "B",
      ".",
      "..",
      "",
      "%2e",
      "%41",
      "%7e",
      "%252e",
      "%c3",
      "~",
      "x;y",
      "%3F",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        let first: ReturnType<typeof canonicalTarget>;
        try {
          first = canonicalTarget(`/${pieces.join("/")}`, host);
        } catch (error) {
          expect(GatewayError.from(error).code).toBe("malformed_request");
          return;
        }
        expect(canonicalTarget(first.path, host).path).toBe(first.path);
        expect(first.path.split("/").slice(1, -1)).not.toContain("");
        expect(first.path.split("/")).not.toContain("..");
        expect(first.path.split("/")).not.toContain(".");
      }),
    );
  });
});
