import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProxyHeader, type ProxyProtocol, readProxyHeader } from "./proxy-header.ts";

const isAddress = (text: string, version: 4 | 6): boolean => isIP(text) === version;
const read = (bytes: Buffer, accepted: Exclude<ProxyProtocol, "off"> = "any"): ProxyHeader =>
  readProxyHeader(bytes, accepted, isAddress);
const block = (command: number, family: number, addresses: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length);
  return Buffer.concat([
    Buffer.from("\r\n\r\n\0\r\nQUIT\n"),
    Buffer.from([command, family]),
    length,
    addresses,
  ]);
};
const four = Buffer.from([192, 0, 2, 7, 192, 0, 2, 1, 0, 1, 0, 2]);
const six = Buffer.concat([
  Buffer.from([0x20, 1, 0xd, 0xb8]),
  Buffer.alloc(11),
  Buffer.from([7]),
  Buffer.alloc(20),
]);

describe("readProxyHeader", () => {
  it.for<{ name: string; bytes: string | Buffer; expected: object; accepted?: "v1" | "v2" }>([
    {
      name: "IPv4 in version 1",
      bytes: "PROXY TCP4 192.0.2.7 192.0.2.1 1 65535\r\nGET",
      expected: { kind: "header", length: 40, address: "192.0.2.7" },
    },
    {
      name: "IPv6 in version 1",
      bytes: "PROXY TCP6 2001:db8::7 ::1 1 2\r\n",
      expected: { kind: "header", address: "2001:db8::7" },
    },
    {
      name: "a proxy that speaks for itself",
      bytes: "PROXY UNKNOWN\r\n",
      expected: { kind: "header", length: 15 },
    },
    { name: "IPv4 called IPv6", bytes: "PROXY TCP6 192.0.2.7 ::1 1 2\r\n", expected: { kind: "malformed" } },
    {
      name: "a port above 65535",
      bytes: "PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n",
      expected: { kind: "malformed" },
    },
    { name: "too few words", bytes: "PROXY TCP4 192.0.2.7\r\n", expected: { kind: "malformed" } },
    { name: "a line without end", bytes: `PROXY TCP4 ${"1".repeat(100)}`, expected: { kind: "malformed" } },
    { name: "a request", bytes: "GET / HTTP/1.1\r\n", expected: { kind: "malformed" } },
    { name: "POST, which begins like it", bytes: "POST / HTTP/1.1\r\n", expected: { kind: "malformed" } },
    {
      name: "version 1 where only 2 is taken",
      bytes: "PROXY UNKNOWN\r\n",
      accepted: "v2",
      expected: { kind: "malformed" },
    },
    {
      name: "version 2 where only 1 is taken",
      bytes: block(0x21, 0x11, four),
      accepted: "v1",
      expected: { kind: "malformed" },
    },
    {
      name: "IPv4 in version 2",
      bytes: block(0x21, 0x11, four),
      expected: { kind: "header", length: 28, address: "192.0.2.7" },
    },
    {
      name: "IPv6 in version 2",
      bytes: block(0x21, 0x21, six),
      expected: { kind: "header", length: 52, address: "2001:db8::7" },
    },
    {
      name: "LOCAL in version 2",
      bytes: block(0x20, 0, Buffer.alloc(0)),
      expected: { kind: "header", length: 16 },
    },
    {
      name: "an address cut short",
      bytes: block(0x21, 0x11, four.subarray(4)),
      expected: { kind: "malformed" },
    },
    { name: "an unknown version", bytes: block(0x31, 0x11, four), expected: { kind: "malformed" } },
  ])("$name", ({ bytes, accepted, expected }) => {
    expect(read(Buffer.from(bytes), accepted)).toMatchObject(expected);
  });

  it("waits for the rest of each that is cut anywhere, and reads no further than its end", () => {
    const whole = [Buffer.from("PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n"), block(0x21, 0x11, four)];
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(60), fc.uint8Array(), (header, cut, behind) => {
        const isCut = cut < header.length;
        const bytes = isCut ? header.subarray(0, cut) : Buffer.concat([header, behind]);
        expect(read(bytes)).toMatchObject(
          isCut ? { kind: "partial" } : { kind: "header", length: header.length },
        );
      }),
    );
  });
});
