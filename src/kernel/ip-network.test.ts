import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { networkAt, parseIpAddress, parseIpNetwork } from "./ip-network.ts";

describe("parseIpAddress", () => {
  it.for<[text: string, bits: 32 | 128, value: bigint]>([
    ["0.0.0.0", 32, 0n],
    ["192.0.2.1", 32, 0xc0000201n],
    ["::", 128, 0n],
    ["::1", 128, 1n],
    ["2001:db8::1", 128, 0x20010db8000000000000000000000001n],
    ["2001:DB8:0:0:0:0:0:1", 128, 0x20010db8000000000000000000000001n],
    ["::ffff:192.0.2.1", 32, 0xc0000201n],
    ["::ffff:c000:201", 32, 0xc0000201n],
  ])("reads %s", ([text, bits, value]) => {
    expect(parseIpAddress(text)).toEqual({ bits, value });
  });

  it.for([
    "",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4.5",
    "a.b.c.d",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "::1.2.3.999",
    "1.2.3.4:80",
    "[::1]",
    "fe80::1%eth0",
  ])("does not read `%s`", (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it("reads every address that it is given in full", () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (parts) => {
        const value = parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
        fc.pre(value >> 32n !== 0xffffn);
        expect(parseIpAddress(parts.map((part) => part.toString(16)).join(":"))?.value).toBe(value);
      }),
    );
  });
});

describe("parseIpNetwork", () => {
  it.for<[text: string, bits: number, length: number, value: bigint]>([
    ["10.1.2.3/8", 32, 8, 0x0a000000n],
    ["10.1.2.3", 32, 32, 0x0a010203n],
    ["0.0.0.0/0", 32, 0, 0n],
    ["2001:db8::/32", 128, 32, 0x20010db8n << 96n],
  ])("reads %s", ([text, bits, length, value]) => {
    expect(parseIpNetwork(text)).toEqual({ bits, length, value });
  });

  it.for(["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "x/8", "::/129"])(
    "does not read `%s`",
    (text) => {
      expect(parseIpNetwork(text)).toBeUndefined();
    },
  );

  it("holds an address in the network of each of its lengths", () => {
    const address = parseIpAddress("203.0.113.77");
    if (address === undefined) throw new Error("no address");
    expect(networkAt(address, 24)).toEqual(parseIpNetwork("203.0.113.0/24"));
    expect(networkAt(address, 0)).toEqual(parseIpNetwork("0.0.0.0/0"));
  });
});
