import { hopsOf, lastUntrusted } from "../../kernel/client-address.ts";
import {
  type IpNetwork,
  networkAt,
  networkMatcher,
  parseIpAddress,
  parseIpNetwork,
} from "../../kernel/ip-network.ts";
import { digestOf } from "../../kernel/murmur3.ts";

/** Regions by network. Plain data: two of the same text are equal. */
export interface Networks {
  /** By the printed network: bits, length and number. */
  readonly regions: ReadonlyMap<string, string>;
  readonly size: number;
  /** Of the text that they were read from: another text, another digest. */
  readonly digest: string;
}

export type ReadNetworks =
  | { readonly kind: "networks"; readonly networks: Networks }
  /** What is wrong with the first line that is none, from 1. Its text is not told: it may be of any file. */
  | { readonly kind: "broken"; readonly line: number; readonly why: string };

const line = /^(\S+)\s+([a-z0-9-]{1,40})$/;

/**
 * Reads a file of `cidr region` lines: `10.1.0.0/16 eu-central-1`. Empty lines and those that begin with `#` do not count.
 *
 * @param isZone Whether there is a zone of that name.
 */
export function readNetworks(text: string, isZone: (name: string) => boolean): ReadNetworks {
  const regions = new Map<string, string>();
  for (const [index, written] of text.split("\n").entries()) {
    const trimmed = written.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, cidr = "", region = ""] = line.exec(trimmed) ?? [];
    const network = parseIpNetwork(cidr);
    if (network === undefined)
      return {
        kind: "broken",
        line: index + 1,
        why: "is no network and region, like `10.1.0.0/16 eu-central-1`",
      };
    if (!isZone(region)) return { kind: "broken", line: index + 1, why: "names no zone that is known" };
    regions.set(keyOf(network), region);
  }
  return { kind: "networks", networks: { regions, size: regions.size, digest: digestOf(text) } };
}

const keyOf = ({ bits, length, value }: IpNetwork): string => `${bits} ${length} ${value}`;

/** Who asks, as far as the network tells. */
export interface Peer {
  /** Of the connection. */
  readonly address: string;
  readonly header: (name: string) => string | undefined;
}

/** Where clients are. */
export interface ClientPlaces {
  /** The region of who asks; `undefined`: nobody knows. */
  readonly regionOf: (peer: Peer) => string | undefined;
}

const regionHeader = "x-sallyport-client-region";

/**
 * By the word of a trusted proxy, else by the client's address. Whoever is not trusted may say what it wants of its region
 * and of who it asks for: it is not listened to.
 *
 * Source: routing specification, section 5, "Facts".
 *
 * @param trusted Networks of proxies, as `10.0.0.0/8`.
 * @param isZone Whether there is a zone of that name: what is none says nothing.
 */
export function createClientPlaces(
  trusted: readonly string[],
  networks: Networks | undefined,
  isZone: (name: string) => boolean,
): ClientPlaces {
  const isTrusted = networkMatcher(trusted);
  // The longest first: the narrower of two networks counts.
  const lengths = [
    ...new Set([...(networks?.regions.keys() ?? [])].map((key) => Number(key.split(" ")[1]))),
  ].toSorted((one, other) => other - one);
  const regionAt = (text: string | undefined): string | undefined => {
    const address = text === undefined ? undefined : parseIpAddress(text);
    if (address === undefined || networks === undefined) return undefined;
    for (const length of lengths) {
      if (length > address.bits) continue;
      const region = networks.regions.get(keyOf(networkAt(address, length)));
      if (region !== undefined) return region;
    }
    return undefined;
  };
  return {
    regionOf: ({ address, header }) => {
      if (!isTrusted(address)) return regionAt(address);
      // Lines of one name are joined in their order, and a proxy may leave standing what its client wrote.
      const told = header(regionHeader)?.split(",").at(-1)?.trim().toLowerCase();
      if (told !== undefined && isZone(told)) return told;
      const client = lastUntrusted(hopsOf(header("x-forwarded-for") ?? ""), isTrusted);
      // Where a proxy of ours stands says nothing of where the client is.
      return client === undefined || isTrusted(client) ? undefined : regionAt(client);
    },
  };
}
