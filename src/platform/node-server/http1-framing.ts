import type { IncomingMessage } from "node:http";

/** Fields that may come once: two of them are two meanings. Source: protocols specification, section 1, "Framing". */
const singletons = new Map(
  [
    "host",
    "range",
    "origin",
    "if-range",
    "content-type",
    "authorization",
    "content-length",
    "if-modified-since",
    "if-unmodified-since",
  ].map((name, index) => [name, 1 << index]),
);
/** Bit `n` is set when some singleton has `n` letters: most names need no look into the table. */
const lengths = [...singletons.keys()].reduce((bits, { length }) => bits | (1 << length), 0);

/**
 * Whether two readers of this head could see different requests, though the parser has let it pass: a transfer coding
 * other than `chunked`, one in HTTP/1.0, or a field twice that may come once.
 */
export function isAmbiguous({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (httpVersion === "1.0" || coding.toLowerCase() !== "chunked")) return true;
  return hasDoubledSingleton(rawHeaders);
}

/** @param flat Names and values in turn; names in any case. */
export function hasDoubledSingleton(flat: readonly string[]): boolean {
  let seen = 0;
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] ?? "";
    if (name.length > 19 || (lengths & (1 << name.length)) === 0) continue;
    const bit = singletons.get(name.toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}
