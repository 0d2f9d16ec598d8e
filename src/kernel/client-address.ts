/** Whether an address is one of ours: a proxy that tells the truth of who asked it. See `networkMatcher`. */
export type IsTrusted = (address: string) => boolean;

/** Which headers tell of the way: `X-Forwarded-*`, `Forwarded` (RFC 7239), or both. */
export type ForwardedMode = "x" | "rfc" | "both";

/** More hops than these are not read: the last ones count. */
const hopsMax = 32;

/**
 * Who asks: the right-most hop that is not trusted, since each proxy adds whom it was asked by and all that stands
 * before that anybody may have written. A peer that is not trusted is the client itself.
 *
 * `both` reads `Forwarded` only where there is no `X-Forwarded-For`; a proxy that writes one of them lets the other pass
 * as its client wrote it, so `x` and `rfc` read theirs alone.
 *
 * @param peer `rawHeaders`: flat list as it came.
 * @returns The left-most hop if all are trusted, the peer if it tells of none; `undefined` if the hop that counts is no
 *   address (`unknown`, `_hidden`, or broken).
 * Source: RFC 7239, sections 5.2 and 6; protocols specification, part 1, "Headers on the way up", 3.
 */
export function clientAddressOf(
  peer: { readonly address: string; readonly rawHeaders: readonly string[] },
  isTrusted: IsTrusted,
  mode: ForwardedMode = "both",
): string | undefined {
  const address = plainAddress(peer.address);
  if (!isTrusted(address)) return address;
  const listed = mode === "rfc" ? undefined : joined(peer.rawHeaders, "x-forwarded-for");
  if (listed !== undefined) return lastUntrusted(hopsOf(listed), isTrusted);
  const told = mode === "x" ? undefined : joined(peer.rawHeaders, "forwarded");
  return told === undefined ? address : lastUntrusted(forwardedHops(told), isTrusted);
}

/** The hops of an `X-Forwarded-For`, oldest first. */
export function hopsOf(forwardedFor: string): readonly (string | undefined)[] {
  return forwardedFor
    .split(",")
    .slice(-hopsMax)
    .map((hop) => nodeAddress(hop.trim()));
}

/** The right-most hop that is not trusted; the left-most one if all are. */
export function lastUntrusted(
  hops: readonly (string | undefined)[],
  isTrusted: IsTrusted,
): string | undefined {
  for (let index = hops.length - 1; index >= 0; index -= 1) {
    const hop = hops[index];
    if (hop === undefined || !isTrusted(hop)) return hop;
  }
  return hops[0];
}

/** An address of a socket as a header tells it: IPv4 in IPv6 is IPv4, without a zone. */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  return mapped?.[1] ?? address.split("%", 1)[0] ?? address;
}

function joined(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? "";
    if (field.length !== name.length || field.toLowerCase() !== name) continue;
    value = value === undefined ? (rawHeaders[index + 1] ?? "") : `${value},${rawHeaders[index + 1] ?? ""}`;
  }
  return value;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`. */
function nodeAddress(node: string): string | undefined {
  const [, bracketed, dotted, bare] =
    /^(?:\[([0-9A-Fa-f:.]+)\](?::\w+)?|(\d{1,3}(?:\.\d{1,3}){3})(?::\w+)?|([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))$/.exec(
      node,
    ) ?? [];
  const address = bracketed ?? dotted ?? bare;
  return address === undefined ? undefined : plainAddress(address);
}

/** The `for` of each element, oldest first. Cut from the right: what a client left open or broken stands before it. */
function forwardedHops(value: string): readonly (string | undefined)[] {
  const hops: (string | undefined)[] = [];
  let end = value.length;
  let isQuoted = false;
  for (let at = end - 1; at >= -1 && hops.length < hopsMax; at -= 1) {
    if (value[at] === '"' && !isEscaped(value, at)) isQuoted = !isQuoted;
    if (at >= 0 && (isQuoted || value[at] !== ",")) continue;
    hops.push(forOf(value.slice(at + 1, end)));
    end = at;
  }
  return hops.toReversed();
}

function isEscaped(value: string, at: number): boolean {
  let before = at - 1;
  while (value[before] === "\\") before -= 1;
  return (at - before) % 2 === 0;
}

/** One `name=value` of an element. */
const pair = /\s*([\w!#$%&'*+.^`|~-]+)=("(?:[^"\\]|\\.)*"|[^\s",;]*)\s*(?:;|$)/y;

function forOf(element: string): string | undefined {
  let hop: string | undefined;
  pair.lastIndex = 0;
  while (pair.lastIndex < element.length) {
    const [, name, told = ""] = pair.exec(element) ?? [];
    if (name === undefined) return undefined;
    if (name.toLowerCase() === "for") hop = nodeAddress(unquoted(told));
  }
  return hop;
}

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
