import { networkMatcher, parseIpAddress } from "./ip-network.ts";

/**
 * What an address is to somebody who may only be led to the internet: `metadata` gives a cloud machine its credentials,
 * `private` is every other one that the internet does not route, and what cannot be read as an address.
 */
export type AddressClass = "public" | "private" | "metadata";

/** The ranges that are refused: security specification, part 8; RFC 6890 and the IANA registries of special purposes. */
const privateRanges = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"],
  // Those of IPv6 in which an IPv4 address may hide are refused whole: IPv4-compatible, NAT64, Teredo, 6to4.
  ...["::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"],
  ...["fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
];
const isPrivate = networkMatcher(privateRanges);

/** AWS, Azure, Google and most others; AWS over IPv6; Alibaba. */
const isMetadata = networkMatcher(["169.254.169.254", "fd00:ec2::254", "100.100.100.200"]);

/** @param text As it is dialled: `192.0.2.1`, `2001:db8::1`, with or without a zone (`%eth0`). */
export function addressClass(text: string): AddressClass {
  const [address = ""] = text.split("%");
  if (parseIpAddress(address) === undefined) return "private";
  if (isMetadata(address) || isMetadata(hiddenIn(address))) return "metadata";
  return isPrivate(address) ? "private" : "public";
}

const translated = networkMatcher(["::/96", "64:ff9b::/96"]);
const sixToFour = networkMatcher(["2002::/16"]);
const teredo = networkMatcher(["2001::/32"]);

/** The IPv4 address that a translator would make of one of IPv6; the empty text: none. RFC 6052, 3056, 4380. */
function hiddenIn(address: string): string {
  const value = parseIpAddress(address)?.value ?? 0n;
  if (translated(address)) return dotted(value);
  if (sixToFour(address)) return dotted(value >> 80n);
  return teredo(address) ? dotted(value ^ 0xffffffffn) : "";
}

const dotted = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");

/** Names that the internet's DNS does not answer: RFC 6761, 6762, 8375, ICANN's `internal`; and what routers make up. */
const localSuffix = /\.(?:localhost|local|internal|home\.arpa|lan)$/;

/**
 * Whether a host is written as one of the own network: an address, `localhost`, a name without a dot (a container, a
 * machine beside this one) or under a suffix that is never public. Who writes such a host means it.
 * @param host As `new URL` gives it, without brackets.
 */
export function isLocalName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  return parseIpAddress(name) !== undefined || !name.includes(".") || localSuffix.test(name);
}
