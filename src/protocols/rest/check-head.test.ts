import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { checkHead } from "./check-head.ts";

const limits = { headersMax: 5 };
const check = (headers: readonly string[], version = "1.1") => checkHead(headers, version, limits);

describe("checkHead", () => {
  it("returns the host in lower case", () => {
    expect(check(["Host", "Gate.Example:7227"])).toEqual({ host: "gate.example:7227" });
    expect(check(["Host", "[::1]:7227"])).toEqual({ host: "[::1]:7227" });
  });

  it.for<{ name: string; headers: readonly string[]; version?: string; code?: string }>([
    { name: "no host", headers: [] },
    { name: "a host that is none", headers: ["host", "a b"] },
    { name: "two hosts", headers: ["host", "a", "Host", "a"] },
    {
      name: "two credentials, of which two readers may take different ones",
      headers: ["host", "a", "authorization", "Bearer x", "Authorization", "Bearer y"],
    },
    {
      name: "two content lengths even if equal",
      headers: ["host", "a", "content-length", "1", "content-length", "1"],
    },
    {
      name: "a transfer coding that llhttp lets through",
      headers: ["host", "a", "transfer-encoding", ",chunked"],
    },
    {
      name: "two transfer codings",
      headers: ["host", "a", "transfer-encoding", "chunked", "transfer-encoding", "chunked"],
    },
    { name: "both lengths", headers: ["host", "a", "transfer-encoding", "chunked", "content-length", "1"] },
    { name: "chunked in HTTP/1.0", headers: ["host", "a", "transfer-encoding", "chunked"], version: "1.0" },
    { name: "obs-text in a value", headers: ["host", "a", "x-name", "caf\u00e9"] },
    { name: "a control byte in a value", headers: ["host", "a", "x-name", "a\u0001b"] },
    {
      name: "more fields than allowed",
      headers: Array.from({ length: 12 }, (_, index) => `x-${index}`),
      code: "headers_too_large",
    },
  ])("refuses $name", ({ headers, version, code }) => {
    let thrown: unknown;
    try {
      check(headers, version);
    } catch (error) {
      thrown = error;
    }
    expect(GatewayError.from(thrown).code).toBe(code ?? "malformed_request");
  });
});
