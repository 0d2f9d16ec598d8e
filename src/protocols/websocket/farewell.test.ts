import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFarewell } from "./farewell.ts";

const close = Uint8Array.of(0x88, 5, 3, 244, 98, 121, 101);
const bye = { code: 1012, reason: "bye" };

/** A frame of `size` bytes, as servers or clients send it. */
function frameOf(
  size: number,
  { isMasked, opcode }: { readonly isMasked: boolean; readonly opcode: number },
) {
  const mask = isMasked ? 0x80 : 0;
  const head =
    size < 126
      ? [0x80 | opcode, mask | size]
      : size < 65_536
        ? [0x80 | opcode, mask | 126, size >> 8, size & 0xff]
        : [0x80 | opcode, mask | 127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 0xff, size & 0xff];
  return new Uint8Array([...head, ...new Uint8Array((isMasked ? 4 : 0) + size).fill(0x88)]);
}

describe("the last word to a client whose frames are not read", () => {
  it("is a close frame with code and reason", () => {
    expect(createFarewell().words(bye)).toEqual(close);
  });

  it("is said between two frames, and only there, wherever the pieces of them are cut", () => {
    const frame = fc.record({
      size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 65_535, 65_536)),
      isMasked: fc.boolean(),
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), fc.integer({ min: 1, max: 97 }), (frames, step) => {
        const { passed, words } = createFarewell();
        const bytes = frames.map(({ size, ...kind }) => frameOf(size, kind));
        const ends = new Set([0]);
        let total = 0;
        for (const { length } of bytes) ends.add((total += length));
        const all = Buffer.concat(bytes);
        for (let at = 0; at < all.length; at += step) {
          passed(all.subarray(at, at + step));
          expect(words(bye) !== undefined).toBe(ends.has(Math.min(all.length, at + step)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is not said behind a close of the service", () => {
    const { passed, words } = createFarewell();
    passed(frameOf(2, { isMasked: false, opcode: 8 }));
    expect(words(bye)).toBeUndefined();
  });
});
