import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { checkHead, type HeadRules } from "./check-head.ts";
import { hostAllowList } from "./host.ts";
import type { RejectReason } from "./reject-reason.ts";

const rules: HeadRules = { headersMax: 5 };
const check = (headers: readonly string[], version = "1.1", more: Partial<HeadRules> = {}) =>
  checkHead(headers, version, { ...rules, ...more });

describe("checkHead", () => {
  it.for<[written: string, host: string, hostname: string]>([
    ["Gate.Example:7227", "gate.example:7227", "gate.example"],
    ["gate.example.", "gate.example", "gate.example"],
    ["Gate.Example.:80", "gate.example:80", "gate.example"],
    ["192.0.2.1", "192.0.2.1", "192.0.2.1"],
    ["[::1]:7227", "[::1]:7227", "[::1]"],
    ["[2001:DB8::1]", "[2001:db8::1]", "[2001:db8::1]"],
    ["a_b-c", "a_b-c", "a_b-c"],
  ])("returns the host %s in canonical form", ([written, host, hostname]) => {
    expect(check(["Host", written])).toEqual({ host, hostname });
  });

  it("tells the length of the body", () => {
    expect(check(["host", "a", "content-length", "12"])).toEqual({
      host: "a",
      hostname: "a",
      contentLength: 12,
    });
    expect(check(["host", "a", "transfer-encoding", "Chunked"])).toEqual({ host: "a", hostname: "a" });
  });

  it("passes obs-text where that is set, and tells of it", () => {
    expect(check(["host", "a", "x-name", "caf\u00e9"], "1.1", { obsText: "pass" }).hasObsText).toBe(true);
    expect(check(["host", "a", "x-name", "cafe\t "], "1.1", { obsText: "pass" }).hasObsText).toBeUndefined();
  });

  it("takes what HTTP/2 may say", () => {
    expect(check(["host", "A.", "te", "trailers", "host", "a"], "2").host).toBe("a");
  });

  it.for<{ host: string; isServed: boolean }>([
    { host: "api.example", isServed: true },
    { host: "API.example.:7227", isServed: true },
    { host: "a.b.wild.example", isServed: true },
    { host: "wild.example", isServed: false },
    { host: "evilwild.example", isServed: false },
    { host: "port.example:7227", isServed: true },
    { host: "port.example:7228", isServed: false },
    { host: "[::1]:80", isServed: true },
    { host: "api.example.evil", isServed: false },
  ])("of an allow list, $host is served: $isServed", ({ host, isServed }) => {
    const list = hostAllowList(["Api.example", "*.wild.example", "port.example:7227", "[::1]"]);
    const served = () => check(["host", host], "1.1", { isServed: list });
    if (isServed) expect(served()).toBeDefined();
    else expect(served).toThrowError("misdirected");
  });

  it.for<{ name: string; headers: readonly string[]; reason: RejectReason; version?: string; code?: string }>(
    [
      { name: "no host", headers: [], reason: "host_missing" },
      { name: "an empty host", headers: ["host", ""], reason: "host_form" },
      { name: "a host that is none", headers: ["host", "a b"], reason: "host_form" },
      { name: "a host with a user", headers: ["host", "a@b"], reason: "host_form" },
      { name: "a host with a path", headers: ["host", "a/b"], reason: "host_form" },
      { name: "a list of hosts", headers: ["host", "a,b"], reason: "host_form" },
      { name: "a port that is none", headers: ["host", "a:x"], reason: "host_form" },
      { name: "a port above 65,535", headers: ["host", "a:65536"], reason: "host_form" },
      { name: "two final dots", headers: ["host", "a.."], reason: "host_form" },
      { name: "an empty label", headers: ["host", "a..b"], reason: "host_form" },
      { name: "a dot alone", headers: ["host", "."], reason: "host_form" },
      { name: "IPv6 without brackets", headers: ["host", "::1"], reason: "host_form" },
      { name: "brackets without IPv6", headers: ["host", "[a]"], reason: "host_form" },
      { name: "two hosts", headers: ["host", "a", "Host", "a"], reason: "header_doubled" },
      {
        name: "an authority that is not the host, in HTTP/2",
        headers: ["host", "a", "host", "b"],
        version: "2",
        reason: "header_doubled",
      },
      {
        name: "two credentials, of which two readers may take different ones",
        headers: ["host", "a", "authorization", "Bearer x", "Authorization", "Bearer y"],
        reason: "header_doubled",
      },
      ...["content-type", "if-modified-since", "if-unmodified-since", "if-range", "range", "origin"].map(
        (name) => ({
          name: `two of ${name}`,
          headers: ["host", "a", name, "x", name.toUpperCase(), "x"],
          reason: "header_doubled" as const,
        }),
      ),
      {
        name: "two content lengths even if equal",
        headers: ["host", "a", "content-length", "1", "content-length", "1"],
        reason: "header_doubled",
      },
      ...["1, 1", "+1", "-1", "0x1", "1e3", "", "1 1", "9".repeat(20)].map((length) => ({
        name: `\`${length}\` as a content length`,
        headers: ["host", "a", "content-length", length],
        reason: "content_length" as const,
      })),
      ...[
        ",chunked",
        "chunked,",
        "gzip, chunked",
        "identity",
        "xchunked",
        "chunked;a=b",
        "",
        '"chunked"',
        "chunked ",
      ].map((coding) => ({
        name: `\`${coding}\` as a transfer coding`,
        headers: ["host", "a", "transfer-encoding", coding],
        reason: "transfer_coding" as const,
      })),
      {
        name: "two transfer codings",
        headers: ["host", "a", "transfer-encoding", "chunked", "transfer-encoding", "chunked"],
        reason: "transfer_coding",
      },
      {
        name: "both lengths",
        headers: ["host", "a", "transfer-encoding", "chunked", "content-length", "1"],
        reason: "length_twice",
      },
      {
        name: "chunked in HTTP/1.0",
        headers: ["host", "a", "transfer-encoding", "chunked"],
        version: "1.0",
        reason: "length_twice",
      },
      {
        name: "obs-text in a value",
        headers: ["host", "a", "x-name", "caf\u00e9"],
        reason: "header_obs_text",
      },
      {
        name: "a control byte in a value",
        headers: ["host", "a", "x-name", "a\u0001b"],
        reason: "header_value",
      },
      { name: "NUL in a value", headers: ["host", "a", "x-name", "a\u0000"], reason: "header_value" },
      { name: "an obs-fold in a value", headers: ["host", "a", "x-name", "a\r\n b"], reason: "header_value" },
      { name: "a space in a name", headers: ["host", "a", "x name", "a"], reason: "header_name" },
      { name: "a space behind a name", headers: ["host", "a", "x-name ", "a"], reason: "header_name" },
      { name: "a name that is empty", headers: ["host", "a", "", "a"], reason: "header_name" },
      { name: "a byte above ASCII in a name", headers: ["host", "a", "x-é", "a"], reason: "header_name" },
      ...["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"].map((name) => ({
        name: `${name} in HTTP/2`,
        headers: ["host", "a", name, "chunked"],
        version: "2",
        reason: "connection_field" as const,
      })),
      {
        name: "te other than trailers in HTTP/2",
        headers: ["host", "a", "te", "trailers, gzip"],
        version: "2",
        reason: "connection_field",
      },
      {
        name: "more fields than allowed",
        headers: Array.from({ length: 12 }, (_, index) => `x-${index}`),
        code: "headers_too_large",
        reason: "header_count",
      },
      {
        name: "more bytes than allowed",
        headers: ["host", "a", "x", "b".repeat(200)],
        code: "headers_too_large",
        reason: "header_size",
      },
    ],
  )("refuses $name", ({ headers, version, code, reason }) => {
    let thrown: unknown;
    try {
      check(headers, version, { headerBytesMax: 200 });
    } catch (error) {
      thrown = error;
    }
    expect(GatewayError.from(thrown).code).toBe(code ?? "malformed_request");
    expect(GatewayError.from(thrown).facts.reason).toBe(reason);
  });
});
