/** An address of the internet as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** All addresses that begin with the same `length` bits; the bits after them are 0. */
export interface IpNetwork extends IpAddress {
  readonly length: number;
}

const group = 16n;
const groupsOfSix = 8;

/** Reads `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`, which is the first; `undefined`: it is none. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(":")) return four(text);
  const six = sixOf(text);
  if (six === undefined) return undefined;
  // IPv4 in IPv6 is how a socket for both tells a peer of the first.
  return six >> 32n === 0xffffn ? { bits: 32, value: six & 0xffffffffn } : { bits: 128, value: six };
}

/** Reads `192.0.2.0/24`; an address alone is a network of one. What stands behind its length does not count. */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const parsed = parseIpAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { ...parsed, length: parsed.bits };
  if (!/^\d{1,3}$/.test(length) || Number(length) > parsed.bits) return undefined;
  return networkAt(parsed, Number(length));
}

/** The network of this length that an address is in. */
export function networkAt({ bits, value }: IpAddress, length: number): IpNetwork {
  const rest = BigInt(bits - length);
  return { bits, length, value: (value >> rest) << rest };
}

/** Whether a network lies within another, both as `10.0.0.0/8`; what is none holds nothing and lies in nothing. */
export function networkHolds(around: string, network: string): boolean {
  const [outer, inner] = [parseIpNetwork(around), parseIpNetwork(network)];
  if (outer === undefined || inner === undefined || outer.bits !== inner.bits) return false;
  return inner.length >= outer.length && networkAt(inner, outer.length).value === outer.value;
}

/**
 * Tells whether an address is in one of these networks; what is no address is in none.
 * @param networks As `10.0.0.0/8`; what is no network holds nothing.
 */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const parsed = networks.flatMap((text) => parseIpNetwork(text) ?? []);
  if (parsed.length === 0) return () => false;
  return (text) => {
    const address = parseIpAddress(text);
    return address !== undefined && parsed.some((network) => isInNetwork(address, network));
  };
}

/** Whether an address begins with the bits of a network of its kind. */
export const isInNetwork = (address: IpAddress, { bits, length, value }: IpNetwork): boolean => {
  const rest = BigInt(bits - length);
  return bits === address.bits && address.value >> rest === value >> rest;
};

function four(text: string): IpAddress | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function sixOf(text: string): bigint | undefined {
  const [before = "", after, ...rest] = text.split("::");
  const [head, tail] = [groupsOf(before), after === undefined ? [] : groupsOf(after)];
  if (rest.length > 0 || head === undefined || tail === undefined) return undefined;
  const missing = groupsOfSix - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const zeros = Array.from({ length: missing }, () => 0n);
  return [...head, ...zeros, ...tail].reduce((sum, part) => (sum << group) | part, 0n);
}

/** The groups of one side; its last may be written as an IPv4 address. */
function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  for (const part of text.split(":")) {
    const last = part.includes(".") ? four(part) : undefined;
    if (last !== undefined) groups.push(last.value >> group, last.value & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
