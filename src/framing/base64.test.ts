import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64Bytes, base64Decoder, base64Text, bytesOfBase64 } from "./base64.ts";

const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });

/** The pieces of `whole` in these sizes, over and over. */
function* cut(whole: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield whole.subarray(at, at + length);
    at += length;
  }
}

describe("base64", () => {
  it("writes what Node writes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(ascii(base64Bytes(bytes))).toBe(Buffer.from(bytes).toString("base64"));
        expect(base64Text(bytes)).toBe(Buffer.from(bytes).toString("base64").replace(/=+$/, ""));
      }),
    );
  });

  it("reads both alphabets, with padding and without", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        for (const form of ["base64", "base64url"] as const)
          expect(bytesOfBase64(Buffer.from(bytes).toString(form))).toEqual(bytes);
        expect(bytesOfBase64(base64Text(bytes))).toEqual(bytes);
      }),
    );
  });

  it("reads texts that follow each other, each padded, in any pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), sizes, (parts, lengths) => {
        const text = Buffer.concat(parts.map(base64Bytes));
        const decoder = base64Decoder();
        const read = [...cut(text, lengths)].map((piece) => decoder.push(piece) ?? expect.fail("no base64"));
        expect(decoder.end()).toHaveLength(0);
        expect(Buffer.concat(read)).toEqual(Buffer.concat(parts));
      }),
    );
  });

  it.for(["a", "abcde", "ab c", "a=bc", "ab=c", "a===", "äbcd"])("refuses %s", (text) => {
    expect(bytesOfBase64(text)).toBeUndefined();
  });

  it("does not take a text that ends inside a group for a whole one", () => {
    const decoder = base64Decoder();
    decoder.push(Buffer.from("abc"));
    expect(decoder.end()).toBeUndefined();
  });
});
