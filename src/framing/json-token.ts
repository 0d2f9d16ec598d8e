const quote = 0x22;
const backslash = 0x5c;

/** The first offset from `at` on that is no JSON white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length) {
    const byte = bytes[next] ?? 0;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    next += 1;
  }
  return next;
}

/** Up to this length a loop is faster than a native search. */
const shortString = 32;

/** The offset behind the closing quote of a string whose content begins at `from`, or -1. Linear, also in escapes. */
export function endOfString(bytes: Uint8Array, from: number): number {
  const near = Math.min(bytes.length, from + shortString);
  let at = from;
  while (at < near) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    at += byte === backslash ? 2 : 1;
  }
  // `at` is behind a whole escape, so that backslashes are counted down to it and no further.
  let floor = at;
  while (true) {
    const end = bytes.indexOf(quote, floor);
    if (end < 0) return -1;
    let before = end - 1;
    while (before >= floor && bytes[before] === backslash) before -= 1;
    if ((end - 1 - before) % 2 === 0) return end + 1;
    floor = end + 1;
  }
}

/** The offset behind a JSON number, or -1 when there is none at `start`. */
export function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const whole = skipDigits(bytes, at);
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1;
  at = whole;
  if (bytes[at] === 0x2e) {
    const fraction = skipDigits(bytes, at + 1);
    if (fraction === at + 1) return -1;
    at = fraction;
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const sign = bytes[at + 1];
    const digits = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1;
    const exponent = skipDigits(bytes, digits);
    if (exponent === digits) return -1;
    at = exponent;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length) {
    const byte = bytes[next] ?? 0;
    if (byte < 0x30 || byte > 0x39) break;
    next += 1;
  }
  return next;
}
