import { describe, expect, it } from "vitest";
import { createClientPlaces, type Networks, readNetworks } from "./networks.ts";

const isZone = (name: string): boolean => name !== "atlantis";
function networksOf(text: string): Networks {
  const read = readNetworks(text, isZone);
  if (read.kind === "broken") throw new Error(`line ${read.line} ${read.why}`);
  return read.networks;
}
const text = `
# offices
10.1.0.0/16   eu-central-1
10.1.2.0/24 us-east-1
2001:db8::/32 ap-southeast-2
`;

describe("readNetworks", () => {
  it("reads lines, and passes over what is none", () => {
    expect(networksOf(text).size).toBe(3);
    expect(networksOf("").size).toBe(0);
    expect(networksOf(text).digest).toBe(networksOf(text).digest);
    expect(networksOf(text).digest).not.toBe(networksOf(`${text}10.9.0.0/16 de`).digest);
  });

  it.for<[text: string, line: number, why: string]>([
    ["10.0.0.0/8 de\nroot:x:0:0", 2, "is no network and region, like `10.1.0.0/16 eu-central-1`"],
    ["10.0.0.0/99 de", 1, "is no network and region, like `10.1.0.0/16 eu-central-1`"],
    ["\n10.0.0.0/8 atlantis", 2, "names no zone that is known"],
  ])("says which line is wrong, and never what stands in it", ([broken, line, why]) => {
    expect(readNetworks(broken, isZone)).toEqual({ kind: "broken", line, why });
  });
});

describe("createClientPlaces", () => {
  const places = createClientPlaces(["192.0.2.1", "fd00::/8"], networksOf(text), isZone);
  const regionOf = (address: string, headers: Readonly<Record<string, string>> = {}) =>
    places.regionOf({ address, header: (name) => headers[name] });

  it.for<{ name: string; address: string; headers?: Record<string, string>; region: string | undefined }>([
    { name: "by its address", address: "10.1.9.9", region: "eu-central-1" },
    { name: "by the narrowest network", address: "10.1.2.3", region: "us-east-1" },
    { name: "told by a socket for both kinds", address: "::ffff:10.1.9.9", region: "eu-central-1" },
    { name: "IPv6", address: "2001:db8:1::1", region: "ap-southeast-2" },
    { name: "in no network", address: "10.2.0.1", region: undefined },
    { name: "no address", address: "", region: undefined },
    {
      name: "what anybody says of itself",
      address: "10.1.9.9",
      headers: { "x-sallyport-client-region": "us-east-1", "x-forwarded-for": "10.1.2.3" },
      region: "eu-central-1",
    },
    {
      name: "what a proxy says, before all else",
      address: "192.0.2.1",
      headers: { "x-sallyport-client-region": " US-East-1 ", "x-forwarded-for": "10.1.9.9" },
      region: "us-east-1",
    },
    {
      name: "the word of the proxy, not of the client before it: node joins lines of one name",
      address: "192.0.2.1",
      headers: { "x-sallyport-client-region": "us-east-1, eu-central-1" },
      region: "eu-central-1",
    },
    {
      name: "by its address where a proxy names no zone",
      address: "192.0.2.1",
      headers: { "x-sallyport-client-region": "us-east-1, atlantis", "x-forwarded-for": "10.1.9.9" },
      region: "eu-central-1",
    },
    {
      name: "the last hop that is no proxy: what stands before it anybody may have written",
      address: "192.0.2.1",
      headers: { "x-forwarded-for": "10.1.2.3, 10.1.9.9, fd00::1" },
      region: "eu-central-1",
    },
    {
      name: "a hop that cannot be read ends it",
      address: "192.0.2.1",
      headers: { "x-forwarded-for": "10.1.2.3, unknown" },
      region: undefined,
    },
    { name: "a proxy that says nothing", address: "192.0.2.1", region: undefined },
  ])("$name", ({ address, headers, region }) => {
    expect(regionOf(address, headers)).toBe(region);
  });

  it("knows nobody without a file", () => {
    expect(
      createClientPlaces([], undefined, isZone).regionOf({ address: "10.1.2.3", header: () => "de" }),
    ).toBeUndefined();
  });
});
