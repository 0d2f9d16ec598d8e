const encoder = new TextEncoder();
const c1 = 0xcc9e2d51;
const c2 = 0x1b873593;

/**
 * The 32-bit hash of a text's UTF-8 bytes, 0 to 2^32 - 1. Fast and well spread, not for secrets.
 *
 * Source: MurmurHash3_x86_32, Austin Appleby (public domain).
 */
export function murmur3(text: string, seed: number): number {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 127) return encodedHash(encoder.encode(text), seed);
  }
  return ofAscii(text, seed);
}

const encodedHash = (bytes: Uint8Array, seed: number): number => murmur3Bytes(bytes, bytes.length, seed);

/** The bytes of an ASCII text are its characters: no copy is made of it. */
function ofAscii(text: string, seed: number): number {
  const { length } = text;
  const whole = length & ~3;
  let h = seed;
  for (let i = 0; i < whole; i += 4) {
    const block =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    h = mixed(h, block);
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | text.charCodeAt(i);
  return finished(h, tail, length);
}

/** The same of the first `length` bytes. */
export function murmur3Bytes(bytes: Uint8Array, length: number, seed: number): number {
  const whole = length & ~3;
  let h = seed;
  for (let i = 0; i < whole; i += 4) {
    const low = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
    h = mixed(h, low | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | (bytes[i] ?? 0);
  return finished(h, tail, length);
}

function scrambled(block: number): number {
  const k = Math.imul(block, c1);
  return Math.imul((k << 15) | (k >>> 17), c2);
}

function mixed(hash: number, block: number): number {
  const h = hash ^ scrambled(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number, tail: number, length: number): number {
  let h = hash ^ scrambled(tail) ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
