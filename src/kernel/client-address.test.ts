import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientAddressOf, type ForwardedMode, plainAddress } from "./client-address.ts";
import { networkMatcher } from "./ip-network.ts";

const isTrusted = networkMatcher(["10.0.0.0/8", "fd00::/8"]);

describe("clientAddressOf", () => {
  it.for<{
    name: string;
    peer?: string;
    headers: readonly string[];
    mode?: ForwardedMode;
    client: string | undefined;
  }>([
    {
      name: "a stranger is the client, whatever it says",
      peer: "192.0.2.9",
      headers: ["x-forwarded-for", "198.51.100.1"],
      client: "192.0.2.9",
    },
    { name: "a proxy that tells of nobody is itself the client", headers: [], client: "10.0.0.1" },
    {
      name: "the last hop that is not ours",
      headers: ["X-Forwarded-For", "198.51.100.1, 192.0.2.1, 10.9.9.9"],
      client: "192.0.2.1",
    },
    {
      name: "the first hop when all are ours",
      headers: ["x-forwarded-for", "10.3.3.3, 10.2.2.2"],
      client: "10.3.3.3",
    },
    {
      name: "lines of one name are one list",
      headers: ["x-forwarded-for", "198.51.100.1", "accept", "*/*", "X-Forwarded-For", "192.0.2.1"],
      client: "192.0.2.1",
    },
    {
      name: "a hop that is no address",
      headers: ["x-forwarded-for", "198.51.100.1, unknown"],
      client: undefined,
    },
    { name: "ports do not count", headers: ["x-forwarded-for", "192.0.2.1:4711"], client: "192.0.2.1" },
    {
      name: "IPv6 in brackets",
      headers: ["x-forwarded-for", "[2001:db8::1]:80, fd00::1"],
      client: "2001:db8::1",
    },
    {
      name: "IPv4 told as IPv6",
      peer: "::ffff:10.0.0.1",
      headers: ["x-forwarded-for", "::ffff:192.0.2.1"],
      client: "192.0.2.1",
    },
    {
      name: "RFC 7239, quoted IPv6 and parameters in any case",
      headers: ["forwarded", 'for=198.51.100.1;proto=http, proto=https;For="[2001:db8::7]:4711";by=_x'],
      client: "2001:db8::7",
    },
    {
      name: "a comma within quotes parts nothing",
      headers: ["forwarded", 'for=192.0.2.1;host="a,for=198.51.100.9"'],
      client: "192.0.2.1",
    },
    { name: "an obfuscated node", headers: ["forwarded", "for=_hidden"], client: undefined },
    { name: "an element without `for`", headers: ["forwarded", "proto=https"], client: undefined },
    {
      name: "a quote that a client left open does not hide it",
      headers: ["forwarded", 'for="198.51.100.1, for=192.0.2.1'],
      client: "192.0.2.1",
    },
    {
      name: "a quote that is escaped is none",
      headers: ["forwarded", String.raw`for=192.0.2.1;host="a\",for=198.51.100.9"`],
      client: "192.0.2.1",
    },
    {
      name: "X-Forwarded-For before Forwarded",
      headers: ["forwarded", "for=198.51.100.1", "x-forwarded-for", "192.0.2.1"],
      client: "192.0.2.1",
    },
    {
      name: "`rfc` does not listen to X-Forwarded-For",
      headers: ["forwarded", "for=198.51.100.1", "x-forwarded-for", "192.0.2.1"],
      mode: "rfc",
      client: "198.51.100.1",
    },
    {
      name: "`x` does not listen to Forwarded",
      headers: ["forwarded", "for=198.51.100.1"],
      mode: "x",
      client: "10.0.0.1",
    },
  ])("$name", ({ peer, headers, mode, client }) => {
    expect(clientAddressOf({ address: peer ?? "10.0.0.1", rawHeaders: headers }, isTrusted, mode)).toBe(
      client,
    );
  });

  it("is not moved by anything that stands before the hop which a proxy wrote", () => {
    const junk = fc.string({
      unit: fc.constantFrom('"', "\\", ",", ";", "=", "for", "1.1.1.1", " ", "[", "]"),
    });
    fc.assert(
      fc.property(junk, fc.constantFrom("x-forwarded-for", "forwarded"), (before, name) => {
        const hop = name === "forwarded" ? "for=192.0.2.1" : "192.0.2.1";
        const rawHeaders = [name, `${before}, ${hop}`];
        expect(clientAddressOf({ address: "10.0.0.1", rawHeaders }, isTrusted)).toBe("192.0.2.1");
      }),
    );
  });
});

describe("plainAddress", () => {
  it.for([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["fe80::1%eth0", "fe80::1"],
    ["2001:db8::1", "2001:db8::1"],
  ])("prints %s as %s", ([told, plain]) => {
    expect(plainAddress(told ?? "")).toBe(plain);
  });
});
