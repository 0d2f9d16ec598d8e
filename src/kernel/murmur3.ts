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
    if (text.charCodeAt(i) > 127) return ofEncoded(text, seed);
  }
  return ofAscii(text, seed);
}

/** Another text, another digest: 64 bits in hexadecimal, to tell two versions of one file apart, not for secrets. */
export const digestOf = (text: string): string =>
  [0, 1].map((seed) => murmur3(text, seed).toString(16).padStart(8, "0")).join("");

function ofEncoded(text: string, seed: number): number {
  const bytes = new Uint8Array(3 * text.length + murmur3Beyond);
  const { written } = encoder.encodeInto(text, bytes);
  return finished(absorbed(seed, new DataView(bytes.buffer), 0, written), written);
}

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
  return finished(h ^ scrambled(tail), length);
}

/**
 * Hashes a block of `size` bytes (whole fours), the one at place `index` of `bytes`, together with the pair of hashes
 * before it: of `pairs`, the pair at `index` is read and the one behind it written, with the seeds 1 and 2. In one reading:
 * what becomes of four bytes before they are mixed in is the same for both.
 */
export function murmur3Chain(pairs: Uint32Array, index: number, bytes: DataView, size: number): void {
  const before = pairs[2 * index] ?? 0;
  const beside = pairs[2 * index + 1] ?? 0;
  let first = mixed(mixed(1, before), beside);
  let second = mixed(mixed(2, before), beside);
  const to = (index + 1) * size;
  for (let at = index * size; at < to; at += 4) {
    const block = scrambled(bytes.getUint32(at, true));
    first = turned(first ^ block);
    second = turned(second ^ block);
  }
  pairs[2 * index + 2] = finished(first, 8 + size);
  pairs[2 * index + 3] = finished(second, 8 + size);
}

/** How many bytes behind the last one are looked at, whatever they are: four are read at a time. */
export const murmur3Beyond = 3;

/**
 * The hash, seeded with 0, of two bytes (`marks`, the first in the lower half) and of those from `from` to `to`, which
 * are one at least; as a signed number, which costs no memory. Behind the bytes `murmur3Beyond` others must follow.
 */
export function murmur3Marked(marks: number, bytes: DataView, from: number, to: number): number {
  const length = 2 + to - from;
  if (length < 4) return finished(scrambled(marks | (bytes.getUint8(from) << 16)), length) | 0;
  const first = marks | (bytes.getUint16(from, true) << 16);
  return finished(absorbed(mixed(0, first), bytes, from + 2, to), length) | 0;
}

/** A hash into which the bytes from `from` to `to` have been mixed, the last to be. */
function absorbed(hash: number, bytes: DataView, from: number, to: number): number {
  const rest = (to - from) & 3;
  const whole = to - rest;
  let h = hash;
  for (let at = from; at < whole; at += 4) h = mixed(h, bytes.getUint32(at, true));
  return rest === 0 ? h : h ^ scrambled(bytes.getUint32(whole, true) & ((1 << (8 * rest)) - 1));
}

function scrambled(block: number): number {
  const k = Math.imul(block, c1);
  return Math.imul((k << 15) | (k >>> 17), c2);
}

const mixed = (hash: number, block: number): number => turned(hash ^ scrambled(block));

const turned = (hash: number): number => (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;

function finished(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
