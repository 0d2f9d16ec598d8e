import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3, murmur3Beyond, murmur3Chain, murmur3Marked } from "./murmur3.ts";

/** Published vectors of MurmurHash3_x86_32 (the verification tables of several implementations agree on them). */
const vectors: readonly (readonly [text: string, seed: number, hash: number])[] = [
  ["", 0, 0],
  ["", 1, 0x514e28b7],
  ["", 0xffffffff, 0x81f16f39],
  ["\0\0\0\0", 0, 0x2362f9de],
  ["a", 0x9747b28c, 0x7fa09ea6],
  ["aa", 0x9747b28c, 0x5d211726],
  ["aaa", 0x9747b28c, 0x283e0130],
  ["aaaa", 0x9747b28c, 0x5a97808a],
  ["abc", 0, 0xb3dd93fa],
  ["Hello, world!", 0x9747b28c, 0x24884cba],
  ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
  ["ππππππππ", 0x9747b28c, 0xd58063c1],
];

describe("murmur3", () => {
  it.for(vectors)("%j with seed %d", ([text, seed, hash]) => {
    expect(murmur3(text, seed)).toBe(hash);
  });
});

describe("murmur3Marked", () => {
  it("is the hash of the marks and the bytes, wherever they stand and whatever follows", () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    fc.assert(
      fc.property(ascii, fc.nat({ max: 9 }), fc.nat({ max: 255 }), (text, from, other) => {
        const bytes = new Uint8Array(from + text.length + murmur3Beyond).fill(other);
        bytes.set(new TextEncoder().encode(text), from);
        const hash = murmur3Marked(0x7555, new DataView(bytes.buffer), from, from + text.length);
        expect(hash >>> 0).toBe(murmur3(`Uu${text}`, 0));
      }),
    );
  });
});

describe("murmur3Chain", () => {
  it("is, with seeds 1 and 2, the hash of the pair before and the block", () => {
    const ascii = (length: number) =>
      fc.string({
        unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
        minLength: length,
        maxLength: length,
      });
    fc.assert(
      fc.property(ascii(8), ascii(12), fc.nat({ max: 1 }), (before, block, index) => {
        const pairs = new Uint32Array(6);
        new Uint8Array(pairs.buffer).set(new TextEncoder().encode(before), 8 * index);
        const bytes = new Uint8Array(24);
        bytes.set(new TextEncoder().encode(block), 12 * index);
        murmur3Chain(pairs, index, new DataView(bytes.buffer), 12);
        expect([...pairs.subarray(2 * index + 2, 2 * index + 4)]).toEqual([
          murmur3(before + block, 1),
          murmur3(before + block, 2),
        ]);
      }),
    );
  });
});
