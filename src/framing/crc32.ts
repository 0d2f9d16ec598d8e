/**
 * The CRC-32 of `bytes`, as an unsigned 32-bit number. Four bytes a step: it is the largest part of what reading a
 * frame of an AWS event stream costs.
 *
 * Source: IEEE 802.3, reflected polynomial 0xEDB88320, as in zlib and gzip (RFC 1952, section 8); "slicing-by-4" of
 * Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation".
 */
export function crc32(bytes: Uint8Array): number {
  const size = bytes.length;
  const fours = size - (size % 4);
  let crc = -1;
  let at = 0;
  for (; at < fours; at += 4) {
    const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    const high = ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    const word = crc ^ low ^ high;
    crc =
      (table[768 + (word & 0xff)] ?? 0) ^
      (table[512 + ((word >>> 8) & 0xff)] ?? 0) ^
      (table[256 + ((word >>> 16) & 0xff)] ?? 0) ^
      (table[word >>> 24] ?? 0);
  }
  for (; at < size; at += 1) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

/** The remainders of each byte, then of each byte with one, two and three zero bytes behind it. */
const table = remainders();

function remainders(): Int32Array {
  const made = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1)
      remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    made[byte] = remainder;
  }
  for (let index = 256; index < made.length; index += 1) {
    const before = made[index - 256] ?? 0;
    made[index] = (before >>> 8) ^ (made[before & 0xff] ?? 0);
  }
  return made;
}
