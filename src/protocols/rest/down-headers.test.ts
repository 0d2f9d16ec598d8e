import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { type DownRules, defaultDownLimits, downHeaders } from "./down-headers.ts";
import { ownedNames } from "./header-names.ts";
import { passingTrailers } from "./trailers.ts";

const rules: DownRules = {
  owned: ownedNames(["x-user"]),
  pseudonym: "sallyport-0a1b2c3d",
  httpVersion: "1.1",
  passesTrailers: false,
  ...defaultDownLimits,
};
const via = ["via", "1.1 sallyport-0a1b2c3d"];

describe("downHeaders", () => {
  it.for<{
    name: string;
    list: readonly string[];
    passed: readonly string[];
    more?: Partial<DownRules>;
  }>([
    {
      name: "cookies stay apart and in order, server and length stay as they are",
      list: ["set-cookie", "a=1", "Server", "nginx", "content-length", "12", "set-cookie", "b=2"],
      passed: ["set-cookie", "a=1", "server", "nginx", "content-length", "12", "set-cookie", "b=2", ...via],
    },
    {
      name: "fields of the connection go, with those it lists",
      list: [
        ...[
          "connection",
          "keep-alive, X-Hop",
          "keep-alive",
          "timeout=5",
          "x-hop",
          "1",
          "proxy-authenticate",
          "x",
        ],
        ...["upgrade", "h2c", "te", "x", "trailer", "x", "transfer-encoding", "chunked", "x-end", "2"],
      ],
      passed: ["x-end", "2", ...via],
    },
    {
      name: "what the connection may not strip stays",
      list: ["connection", "set-cookie, content-type, cache-control", "set-cookie", "a", "content-type", "b"],
      passed: ["set-cookie", "a", "content-type", "b", ...via],
    },
    { name: "Alt-Svc goes", list: ["alt-svc", 'h2=":443"'], passed: via },
    {
      name: "names of ours go",
      list: ["x-sallyport-request-id", "spoofed", "X_User", "a", "x-sallyport-error", "b"],
      passed: via,
    },
    {
      name: "Via goes on",
      list: ["via", "1.1 origin"],
      passed: ["via", "1.1 origin, 1.1 sallyport-0a1b2c3d"],
    },
    {
      name: "a length beside a coding does not count",
      list: ["transfer-encoding", "chunked", "content-length", "3", "a", "content-length"],
      passed: ["a", "content-length", ...via],
    },
    { name: "obs-text of an upstream passes", list: ["x", "caf\u00e9"], passed: ["x", "caf\u00e9", ...via] },
    {
      name: "trailers are announced where they pass",
      list: ["trailer", "x-sum, set-cookie"],
      passed: ["trailer", "x-sum", ...via],
      more: { passesTrailers: true },
    },
    {
      name: "a switched protocol is told",
      list: ["connection", "upgrade", "upgrade", "websocket", "sec-websocket-accept", "a"],
      passed: ["sec-websocket-accept", "a", ...via, "connection", "Upgrade", "upgrade", "websocket"],
      more: { upgrade: "websocket" },
    },
  ])("$name", ({ list, passed, more }) => {
    expect(downHeaders(list, { ...rules, ...more })).toEqual(passed);
  });

  it.for<{ name: string; list: readonly string[]; reason: string }>([
    { name: "too many fields", list: Array.from({ length: 514 }, () => "a"), reason: "too_large" },
    { name: "too many bytes", list: ["a", "b".repeat(65_536)], reason: "too_large" },
    { name: "a line break in a value", list: ["a", "b\r\nset-cookie: c"], reason: "protocol" },
    { name: "NUL in a value", list: ["a", "\0"], reason: "protocol" },
  ])("refuses $name", ({ list, reason }) => {
    let thrown: unknown;
    try {
      downHeaders(list, rules);
    } catch (error) {
      thrown = error;
    }
    expect(GatewayError.from(thrown).code).toBe("upstream_malformed_response");
    expect(GatewayError.from(thrown).facts.reason).toBe(reason);
  });
});

describe("passingTrailers", () => {
  it("passes what may come behind a body", () => {
    const list = ["Grpc-Status", "0", "x-checksum", "a", "etag", '"b"', "server-timing", "c"];
    expect(passingTrailers(list, rules.owned)).toEqual(["grpc-status", ...list.slice(1)]);
  });

  it.for([
    ...[
      "Transfer-Encoding",
      "content-length",
      "content-type",
      "Content_Encoding",
      "host",
      "connection",
      "trailer",
    ],
    ...[
      "te",
      "authorization",
      "set-cookie",
      "cookie",
      "cache-control",
      "x-forwarded-for",
      "forwarded",
      "x-user",
    ],
    ...[
      "X_User",
      "x-sallyport-error",
      "x-original-url",
      "max-forwards",
      "if-none-match",
      "proxy-authorization",
    ],
    ...["www-authenticate", "location", "age", "vary", "bad name", ""],
  ])("drops `%s`", (name) => {
    expect(passingTrailers([name, "1"], rules.owned)).toEqual([]);
  });

  it("drops a value with a line break", () => {
    expect(passingTrailers(["x", "a\r\nb"], rules.owned)).toEqual([]);
  });
});
