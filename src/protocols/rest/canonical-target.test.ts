import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import {
  canonicalTarget,
  defaultTargetRules,
  isCanonicalPath,
  type TargetRules,
} from "./canonical-target.ts";
import { type RejectReason, rejectReasons } from "./reject-reason.ts";

const host = "gate.example:7227";
const read = (target: string, rules: Partial<TargetRules> = {}, method = "GET") =>
  canonicalTarget({ method, target, host }, { ...defaultTargetRules, ...rules });

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
    { name: "absolute form with a query alone", target: `http://${host}?a`, path: "/", query: "a" },
    { name: "absolute form in other letters", target: "HTTPS://Gate.Example.:7227//a", path: "/a" },
    { name: "256 segments", target: "/a".repeat(256), path: "/a".repeat(256) },
    { name: "256 parameters", target: `/?${"&".repeat(255)}`, path: "/", query: "&".repeat(255) },
    {
      name: "a query is not a path",
      target: "/a?b=../c%2F%5c//d;..",
      path: "/a",
      query: "b=../c%2F%5c//d;..",
    },
    { name: "a dot in a name is none", target: "/.well-known/..a/a..", path: "/.well-known/..a/a.." },
  ])("$name", ({ target, path, query }) => {
    expect(read(target)).toEqual({ path, query: query ?? "" });
  });

  it.for<{
    name: string;
    target: string;
    rules: Partial<TargetRules>;
    path: string;
  }>([
    {
      name: "empty segments are kept",
      target: "//a///b//",
      rules: { emptySegments: "keep" },
      path: "//a///b//",
    },
    {
      name: "a dot segment takes an empty one that is kept",
      target: "/a//../b",
      rules: { emptySegments: "keep" },
      path: "/a/b",
    },
    {
      name: "a final slash is no empty segment",
      target: "/a/",
      rules: { emptySegments: "reject" },
      path: "/a/",
    },
    {
      name: "an encoded slash is kept, and is no slash",
      target: "/a%2fb/../c%2Fd",
      rules: { encodedSlash: "keep" },
      path: "/c%2Fd",
    },
  ])("by other rules $name", ({ target, rules, path }) => {
    expect(read(target, rules).path).toBe(path);
  });

  it("reads `*` with OPTIONS", () => {
    expect(read("*", {}, "OPTIONS")).toEqual({ path: "*", query: "" });
  });

  it.for<{
    name: string;
    target: string;
    reason: RejectReason;
    code?: string;
    method?: string;
    rules?: Partial<TargetRules>;
  }>([
    { name: "climbing above the root", target: "/../etc/passwd", reason: "target_above_root" },
    { name: "an escaped climb above the root", target: "/%2e%2e/x", reason: "target_above_root" },
    { name: "a climb behind a descent", target: "/a/../../x", reason: "target_above_root" },
    {
      name: "an encoded slash, which parsers read differently",
      target: "/a%2fb",
      reason: "target_encoded_slash",
    },
    { name: "an encoded backslash", target: "/a%5Cb", reason: "target_encoded" },
    { name: "an encoded NUL", target: "/a%00", reason: "target_encoded" },
    { name: "a backslash", target: "/a\\b", reason: "target_byte" },
    { name: "a backslash in the query", target: "/a?\\", reason: "target_byte" },
    { name: "a fragment", target: "/a#b", reason: "target_form" },
    { name: "a fragment behind the query", target: "/a?b#c", reason: "target_form" },
    { name: "a space", target: "/a b", reason: "target_byte" },
    { name: "a control byte", target: "/a\u0001", reason: "target_byte" },
    { name: "DEL", target: "/a\u007f", reason: "target_byte" },
    { name: "a byte above ASCII", target: "/ä", reason: "target_byte" },
    { name: "a broken triple", target: "/a%2", reason: "target_escape" },
    { name: "a broken triple in the query", target: "/a?b=%zz", reason: "target_escape" },
    { name: "a dot segment with parameters", target: "/a/..;x/b", reason: "target_dot_parameter" },
    { name: "an escaped dot segment with parameters", target: "/a/%2e%2e;x", reason: "target_dot_parameter" },
    { name: "a dot segment with an encoded semicolon", target: "/a/..%3bx", reason: "target_dot_parameter" },
    {
      name: "a dot segment behind an encoded slash",
      target: "/a/b%2f..",
      reason: "target_dot_parameter",
      rules: { encodedSlash: "keep" },
    },
    {
      name: "a dot segment before an encoded slash",
      target: "/a/..%2fadmin",
      reason: "target_dot_parameter",
      rules: { encodedSlash: "keep" },
    },
    {
      name: "an empty segment, if so set",
      target: "/a//b",
      reason: "target_empty_segment",
      rules: { emptySegments: "reject" },
    },
    { name: "asterisk form", target: "*", reason: "target_form" },
    { name: "an empty target", target: "", reason: "target_form" },
    { name: "a target without slash", target: "a/b", reason: "target_form" },
    { name: "another scheme", target: `ftp://${host}/`, reason: "target_form" },
    { name: "authority form", target: host, reason: "target_form" },
    {
      name: "another host in absolute form",
      target: "http://evil.example/v1/models",
      reason: "target_host",
    },
    { name: "a user in absolute form", target: `http://evil@${host}/`, reason: "target_host" },
    { name: "no host in absolute form", target: "http:///a", reason: "target_host" },
    {
      name: "CONNECT",
      target: host,
      method: "CONNECT",
      reason: "target_method",
      code: "method_not_allowed",
    },
    { name: "TRACE", target: "/", method: "TRACE", reason: "target_method", code: "method_not_allowed" },
    { name: "too many segments", target: `/${"a.b/.%61/".repeat(200)}`, reason: "target_segments" },
    { name: "too many plain segments", target: "/a".repeat(257), reason: "target_segments" },
    { name: "too many parameters", target: `/?${"&".repeat(256)}`, reason: "target_parameters" },
    {
      name: "a path of more than 8 KiB",
      target: `/${"a".repeat(8192)}`,
      reason: "target_too_long",
      code: "uri_too_long",
    },
    {
      name: "a query of more than 16 KiB",
      target: `/?${"a".repeat(16_385)}`,
      reason: "target_too_long",
      code: "uri_too_long",
    },
  ])("refuses $name", ({ target, reason, code, method, rules }) => {
    let thrown: unknown;
    try {
      read(target, rules, method);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(GatewayError.from(thrown).code).toBe(code ?? "malformed_request");
    expect(GatewayError.from(thrown).facts.reason).toBe(reason);
  });

  const pieces = [
    ...["a", "B", "~", ".", ";", "/", "%", "?", "&"],
    "..",
    "/",
    "%2e",
    "%2E%2e",
    "%41",
    "%7e",
    "%252e",
    "%25",
    "%c3",
    "%2f",
    "%3b",
    "%3F",
  ];
  const anyRules = fc.record({
    encodedSlash: fc.constantFrom("reject" as const, "keep" as const),
    emptySegments: fc.constantFrom("collapse" as const, "reject" as const, "keep" as const),
  });

  it("is idempotent, decodes nothing twice, and leaves nothing that a reader could take for another path", () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), anyRules, (parts, rules) => {
        let first: ReturnType<typeof canonicalTarget>;
        const target = `/${parts.join("")}`;
        try {
          first = read(target, rules);
        } catch (error) {
          expect(rejectReasons).toContain(GatewayError.from(error).facts.reason);
          return;
        }
        accepted += 1;
        const again = first.query === "" ? first.path : `${first.path}?${first.query}`;
        expect(read(again, rules)).toEqual(first);
        expect(isCanonicalPath(first.path, { ...defaultTargetRules, ...rules })).toBe(true);
        const segments = first.path.split("/").slice(1);
        if (rules.emptySegments !== "keep") expect(segments.slice(0, -1)).not.toContain("");
        expect(segments).not.toContain("..");
        expect(segments).not.toContain(".");
        // What a server decodes once more, as many do, climbs nowhere unless it decodes a second time.
        for (const segment of segments) expect(decodedDots(segment)).toBe(false);
        // `%25` is the only way to write a percent sign, and it has not become one.
        const literalPercents = (text: string) => text.match(/%25/g)?.length ?? 0;
        expect(literalPercents(first.path)).toBeLessThanOrEqual(literalPercents(target.split("?")[0] ?? ""));
        expect(first.path).not.toMatch(/%(?:2[DdEe]|[46][1-9A-Fa-f]|[57][0-9Aa]|3[0-9]|5[Ff]|7[Ee])/);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(300);
  });
});

function decodedDots(segment: string): boolean {
  return unescape(segment)
    .split("/")
    .some((piece) => piece === ".." || piece.startsWith("..;"));
}
