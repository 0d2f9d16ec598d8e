import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FrameFault, framePrefix, messageMeter } from "./grpc-frames.ts";

const rules = { bytesMax: 100, isEncoded: false };
const frame = (flags: number, length: number): Buffer =>
  Buffer.concat([framePrefix(flags, length), Buffer.alloc(length, 0xff)]);

/** What is found in these pieces, and what was counted. */
function read(pieces: readonly Uint8Array[], isEncoded = false) {
  const meter = messageMeter({ ...rules, isEncoded });
  let fault: FrameFault | undefined;
  for (const piece of pieces) {
    fault = meter.push(piece);
    if (fault !== undefined) break;
  }
  return { fault: fault ?? meter.end(), messages: meter.messages(), bytes: meter.bytes() };
}

describe("messageMeter", () => {
  it.for<{ name: string; bytes: Uint8Array; isEncoded?: boolean; fault?: FrameFault; messages: number }>([
    { name: "nothing", bytes: Buffer.alloc(0), messages: 0 },
    { name: "an empty message", bytes: frame(0, 0), messages: 1 },
    { name: "a message of just the limit", bytes: frame(0, 100), messages: 1 },
    {
      name: "a message that is too large, before its bytes",
      bytes: framePrefix(0, 101),
      fault: { kind: "too-large", bytes: 101, bytesMax: 100 },
      messages: 1,
    },
    {
      name: "a length of four bytes",
      bytes: Buffer.from([0, 255, 255, 255, 255]),
      fault: { kind: "too-large", bytes: 4_294_967_295, bytesMax: 100 },
      messages: 1,
    },
    { name: "a flag that is none", bytes: frame(2, 1), fault: { kind: "flag", flag: 2 }, messages: 0 },
    { name: "compression without a name", bytes: frame(1, 1), fault: { kind: "compressed" }, messages: 0 },
    { name: "compression with a name", bytes: frame(1, 1), isEncoded: true, messages: 1 },
    { name: "half a prefix", bytes: Buffer.from([0, 0]), fault: { kind: "cut" }, messages: 1 },
    { name: "half a message", bytes: frame(0, 9).subarray(0, 9), fault: { kind: "cut" }, messages: 1 },
  ])("reads $name", ({ bytes, isEncoded, fault, messages }) => {
    expect(read([bytes], isEncoded)).toMatchObject({ fault, messages });
  });

  it("finds the same in any pieces", () => {
    const stream = fc
      .array(fc.tuple(fc.constantFrom(0, 0, 0, 1, 2), fc.integer({ min: 0, max: 110 })), { maxLength: 6 })
      .map((frames) => Buffer.concat(frames.map(([flags, length]) => frame(flags, length))));
    fc.assert(
      fc.property(stream, fc.nat(), fc.array(fc.nat(), { maxLength: 8 }), (whole, drop, cuts) => {
        const bytes = whole.subarray(0, whole.length - (drop % 7));
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const once = read([bytes]);
        const bytewise = read(Array.from(bytes, (byte) => Uint8Array.of(byte)));
        expect(read(pieces)).toEqual(once);
        expect(bytewise).toEqual(once);
      }),
    );
  });

  it("counts every message and every byte of a stream without faults", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 })), (lengths) => {
        expect(read(lengths.map((length) => frame(0, length)))).toEqual({
          fault: undefined,
          messages: lengths.length,
          bytes: lengths.reduce((sum, length) => sum + length, 0),
        });
      }),
    );
  });
});
