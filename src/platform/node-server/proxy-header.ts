/** Which forms of the PROXY header a listener takes. */
export type ProxyProtocol = "off" | "v1" | "v2" | "any";

export type ProxyHeader =
  /** `address`: absent where the proxy speaks for itself (health checks) or the client has no IP address. */
  | { readonly kind: "header"; readonly length: number; readonly address?: string }
  /** More bytes are needed. */
  | { readonly kind: "partial" }
  | { readonly kind: "malformed" };

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const lineBytesMax = 107;
/** An address and some extensions; a proxy that sends more is none of ours. */
const blockBytesMax = 2048;
const malformed: ProxyHeader = { kind: "malformed" };
const partial: ProxyHeader = { kind: "partial" };

/**
 * Reads the header by which a proxy says whom it speaks for, from the first bytes of a connection.
 *
 * Source: "The PROXY protocol", versions 1 and 2, HAProxy Technologies, sections 2.1 and 2.2.
 *
 * @param isAddress Whether a text is an IP address of that version.
 */
export function readProxyHeader(
  bytes: Buffer,
  accepted: Exclude<ProxyProtocol, "off">,
  isAddress: (text: string, version: 4 | 6) => boolean,
): ProxyHeader {
  if (bytes.length === 0) return partial;
  if (bytes[0] === 0x50) return accepted === "v2" ? malformed : readLine(bytes, isAddress);
  if (accepted === "v1") return malformed;
  return readBlock(bytes);
}

function readLine(bytes: Buffer, isAddress: (text: string, version: 4 | 6) => boolean): ProxyHeader {
  const start = bytes.subarray(0, 6).toString("latin1");
  if (!"PROXY ".startsWith(start)) return malformed;
  const end = bytes.subarray(0, lineBytesMax).indexOf("\r\n");
  if (end < 0) return bytes.length >= lineBytesMax ? malformed : partial;
  const length = end + 2;
  const words = bytes.subarray(6, end).toString("latin1").split(" ");
  if (words[0] === "UNKNOWN") return { kind: "header", length };
  const address = sourceIn(words, isAddress);
  return address === undefined ? malformed : { kind: "header", length, address };
}

/** `TCP4 source destination port port`; `undefined`: it is not that. */
function sourceIn(
  words: readonly string[],
  isAddress: (text: string, version: 4 | 6) => boolean,
): string | undefined {
  const [family = "", source = "", destination = "", ...ports] = words;
  const version = families.get(family);
  if (version === undefined || ports.length !== 2 || !ports.every(isPort)) return undefined;
  return isAddress(source, version) && isAddress(destination, version) ? source : undefined;
}

const families: ReadonlyMap<string, 4 | 6> = new Map([
  ["TCP4", 4],
  ["TCP6", 6],
]);

const isPort = (text: string): boolean => /^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) < 65_536;

function readBlock(bytes: Buffer): ProxyHeader {
  const seen = Math.min(bytes.length, signature.length);
  if (bytes.compare(signature, 0, seen, 0, seen) !== 0) return malformed;
  if (bytes.length < 16) return partial;
  const version = bytes.readUInt8(12);
  const family = bytes.readUInt8(13) >> 4;
  const size = bytes.readUInt16BE(14);
  if ((version !== 0x20 && version !== 0x21) || size > blockBytesMax) return malformed;
  const length = 16 + size;
  if (bytes.length < length) return partial;
  if (version === 0x20) return { kind: "header", length };
  const block = bytes.subarray(16, length);
  switch (family) {
    case 1:
      return size < 12 ? malformed : { kind: "header", length, address: block.subarray(0, 4).join(".") };
    case 2:
      return size < 36 ? malformed : { kind: "header", length, address: printIpv6(block.subarray(0, 16)) };
    default:
      return { kind: "header", length };
  }
}

function printIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(":");
  // oxlint-disable-next-line eslint/no-restricted-globals -- bytes of an address, never a request target.
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}
