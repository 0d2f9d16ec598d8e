import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressClass, isLocalName } from "./address-class.ts";

const hostOf = (written: string): string => new URL(`http://${written}/`).hostname.replace(/^\[|\]$/g, "");

describe("an address, however it is written", () => {
  it.for([
    ...["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1"],
    ...["127.0.0.1.", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "%31%32%37.0.0.1", "[::ffff:7f00:1]"],
    ...["[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[::1]", "[::]", "0", "0.0.0.0"],
    ...["10.255.255.255", "100.64.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.0.8"],
    ...["198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.1.1", "255.255.255.255", "169.254.0.1"],
    ...["[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2001:0:1:2::3]", "[2002:0a00:1::]", "[fc00::1]"],
    ...["[fdff::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[64:ff9b::8.8.8.8]"],
  ])("is private: %s", (written) => {
    expect(addressClass(hostOf(written))).toBe("private");
  });

  it.for([
    ...["169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"],
    ...["[::ffff:169.254.169.254]", "[::a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]"],
    ...["[2001:0:1:2:3:4:5601:5601]", "[fd00:ec2::254]", "[fd00:0ec2:0:0:0:0:0:254]", "100.100.100.200"],
  ])("is one of metadata: %s", (written) => {
    expect(addressClass(hostOf(written))).toBe("metadata");
  });

  it.for([
    ...[
      "1.1.1.1",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255",
      "128.0.0.1",
    ],
    ...["172.15.255.255", "172.32.0.0", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"],
    ...["[2606:4700::1111]", "[2001:1::1]", "[2003::1]", "[64:ff9c::1]", "[::ffff:8.8.8.8]", "[fbff::1]"],
  ])("is public: %s", (written) => {
    expect(addressClass(hostOf(written))).toBe("public");
  });

  it.for(["", "example.com", "1.2.3", "1.2.3.256", ":::", "fe80::1%eth0"])(
    "is not let through: %j",
    (text) => {
      expect(addressClass(text)).toBe("private");
    },
  );

  it("is of the same class mapped into IPv6 as by itself", () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(addressClass(`::ffff:${text}`)).toBe(addressClass(text));
        expect(addressClass(hostOf(`[::ffff:${text}]`))).toBe(addressClass(text));
      }),
    );
  });
});

describe("a host of the own network", () => {
  it.for([
    "localhost",
    "LOCALHOST.",
    "ollama",
    "a.localhost",
    "nas.local",
    "x.internal",
    "r.home.arpa",
    "::1",
    "10.0.0.1",
  ])("is written so: %s", (host) => {
    expect(isLocalName(host)).toBe(true);
  });

  it.for([
    "example.com",
    "localhost.example.com",
    "internal.example",
    "127.0.0.1.nip.io",
    "local.",
    "notlocal.dev",
  ])("may be a public name: %s", (host) => {
    expect(isLocalName(host)).toBe(host === "local.");
  });
});
